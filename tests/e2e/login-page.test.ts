/** The login page (examples/login/) as `make run` serves it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import type { Browser, Page } from 'playwright-core';
import { grantLoginRights } from '../../src/local/login-page.ts';
import { openBrowser, Reader } from '../support/browser/browser.ts';
import { origin } from '../support/browser/phone-page.ts';
import { closeRegistryDatabase, newCitizen, registryDatabase } from '../support/machine/citizens.ts';
import { hotlineEnvironment } from '../support/machine/hotline-under-test.ts';

const rights = readFileSync(join(import.meta.dirname, '../../examples/login/rights.sql'), 'utf8');
const { LOGIN_DATABASE_URL: loginUrl = '', DATABASE_OWNER_URL: ownerUrl = '' } = hotlineEnvironment();

let browser: Browser;
let loginUser: Pool;
beforeAll(async () => {
  browser = await openBrowser();
  loginUser = createPool({ uri: loginUrl, connectionLimit: 1 });
});
afterAll(async () => {
  await browser?.close();
  await loginUser?.end();
  await closeRegistryDatabase();
});

/** A citizen whose password was spoken. */
async function newCaller(): Promise<{ code: string; spoken: string }> {
  const { code, oldPassword } = await newCitizen();
  await registryDatabase().query('UPDATE accounts SET must_change = TRUE WHERE bhxh_code = ?', [code]);
  return { code, spoken: oldPassword };
}

async function submit(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [id, text] of Object.entries(fields)) await page.fill(`#${id}`, text);
  await Promise.all([page.waitForEvent('load'), page.click('main form button >> nth=0')]);
}

test.each([
  { width: 1200, isDark: false },
  { width: 360, isDark: true },
])('no page of the login has a barrier for a screen reader, or is wider than %o', async (view) => {
  const reader = await Reader.open(browser, origin, view);
  const { page } = reader;
  const { code, spoken } = await newCaller();
  const seen: unknown[] = [];
  const look = async () => {
    const [barriers, overflow] = [await reader.findBarriers(), await reader.findOverflow()];
    seen.push([await page.innerText('h1'), barriers, overflow]);
  };
  await page.goto('/login');
  await look();
  await submit(page, { code, password: 'wrong' });
  await look();
  await submit(page, { code, password: spoken });
  await look();
  await submit(page, { password: 'short', repeated: 'short' });
  await look();
  await submit(page, { password: 'bốn con mèo ngồi', repeated: 'bốn con mèo ngồi' });
  await look();
  expect(seen).toEqual([
    ['Đăng nhập VssID', [], 0],
    ['Đăng nhập VssID', [], 0],
    ['Chọn mật khẩu mới', [], 0],
    ['Chọn mật khẩu mới', [], 0],
    ['Đã đăng nhập', [], 0],
  ]);
  const isOfThePage = (complaint: string) =>
    !/the server responded with a status of 4(?:01|22)/.test(complaint);
  expect(reader.complaints.filter(isOfThePage)).toEqual([]);
});

/** What is granted to the login's user, as `SELECT(id,phone) ON accounts`. */
async function grants(): Promise<string[]> {
  const [rows] = await loginUser.query<RowDataPacket[]>('SHOW GRANTS');
  return rows.flatMap((row) => spell(String(Object.values(row)[0])));
}

/** One right a line, columns in order: a server spells grants in another way than rights.sql. */
function spell(grant: string): string[] {
  const [, all = '', table = ''] = /GRANT (.*) ON (?:`hotline`\.)?`?(\w+)`? TO /.exec(grant) ?? [];
  return [...all.matchAll(/(\w+)(?: \((.*?)\))?/g)].map(([, right = '', columns = '']) => {
    const names = columns.replaceAll('`', '').split(', ').sort();
    return `${right}(${names.join()}) ON ${table}`;
  });
}

test('its database user has the rights in rights.sql and no others, also where another version had granted more', async () => {
  const right = rights.split('\n').flatMap(spell).sort();
  expect(right.length).toBeGreaterThan(4);
  expect((await grants()).sort()).toEqual(right);
  for (const more of ['SELECT (phone) ON accounts', 'SELECT, UPDATE ON resets'])
    await registryDatabase().query(`GRANT ${more} TO 'hotline_login'@'127.0.0.1'`);
  expect(await grants()).toHaveLength(right.length + 2);
  await grantLoginRights(ownerUrl, loginUrl);
  expect((await grants()).sort()).toEqual(right);
});
