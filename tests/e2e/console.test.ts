/** The console in a real browser, over real calls: what an officer and an admin do with it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { openBrowser, Reader } from '../support/browser/browser.ts';
import { closeRegistryDatabase, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { hotlineEnvironment, kill, processOf } from '../support/machine/hotline-under-test.ts';
import { auditOf, callFrom, enterCode, said } from '../support/machine/phone-call.ts';
import { until } from '../support/until.ts';

const origin = 'http://127.0.0.1:8080';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await closeRegistryDatabase();
});

async function openAsAdmin(view = {}): Promise<Reader> {
  const reader = await Reader.open(browser, origin, view);
  await reader.signIn('admin', hotlineEnvironment()['CONSOLE_PASSWORD']!);
  return reader;
}

async function searchByPhone({ page }: Reader, { phone }: Citizen): Promise<void> {
  await page.goto('/calls');
  await page.selectOption('#kind', 'phone');
  await page.fill('#sought', phone);
  await page.click('form[action="/calls/search"] button');
  await page.waitForSelector('text=Chỉ hiện các cuộc gọi từ số điện thoại vừa tìm.');
}

async function callToItsEnd(citizen: Citizen, code = citizen.code): Promise<string[]> {
  const call = await callFrom(citizen.phone);
  await enterCode(call, code);
  await call.ended;
  return said(call);
}

test('an officer with nothing but the browser answers a complaint', async () => {
  const citizen = await newCitizen();
  await callToItsEnd(citizen);
  await auditOf(citizen.phone);
  const reader = await openAsAdmin();
  const { page } = reader;
  await searchByPhone(reader, citizen);
  await page.click('tbody a');
  // The steps of a changed call follow its row within seconds; until then the page says so.
  await until(async () => {
    if (!(await reader.text()).includes('các bước đang được lưu')) return true;
    await page.reload();
    return false;
  });
  const shown = await reader.text();
  for (const part of [
    `+84***${citizen.phone.slice(-4)}`,
    'Nên nói với người dân',
    'Mật khẩu mới dùng được đến',
    'mã số khớp',
  ])
    expect(shown).toContain(part);
  expect(page.url()).toMatch(/\/calls\/[0-9a-f-]{36}$/);
  expect(await page.content()).not.toContain(citizen.code);
  const saved = page.waitForEvent('download');
  await page.click('text=Lưu hình (SVG)');
  expect(await readFile(await (await saved).path(), 'utf8')).toContain(
    '<svg xmlns="http://www.w3.org/2000/svg"',
  );
  expect(reader.complaints).toEqual([]);
  expect(await actsOf('admin')).toEqual(
    expect.arrayContaining([
      expect.stringContaining('signed in'),
      expect.stringContaining('searched calls by phone'),
      expect.stringMatching(/looked at call [0-9a-f-]{36}/),
      expect.stringMatching(/saved timeline of call [0-9a-f-]{36}/),
    ]),
  );
});

/** What `hotline audit show --by` prints of a user. */
async function actsOf(user: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['src/cli.ts', 'audit', 'show', '--by', user],
    {
      env: { ...process.env, ...hotlineEnvironment() },
    },
  );
  return stdout.trim().split('\n');
}

test('Now follows a call from its first sentence to its end, without a reload', async () => {
  const citizen = await newCitizen();
  const { page, complaints } = await openAsAdmin();
  const call = await callFrom(citizen.phone);
  await call.hears('hotline/menu');
  await call.keys('8');
  const row = page.locator('tr', { hasText: `+84***${citizen.phone.slice(-4)}` });
  await row.waitFor();
  await row.locator('text=đọc: mời nhập mã').waitFor();
  await call.hangUp();
  await row.waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
});

test('Now says that the hotline is gone, and goes on by itself when it is back', async () => {
  const { page } = await openAsAdmin();
  const lost = page.locator('#lost');
  await kill('application');
  await lost.waitFor({ state: 'visible' });
  await lost.waitFor({ state: 'hidden' });
  expect(await page.innerText('#now')).toContain('Tình trạng');
});

test('while the database stands still, an open page and one that is asked for say so, and go on by themselves', async () => {
  const [open, asked] = [await openAsAdmin(), await openAsAdmin()];
  const database = processOf('database');
  const away = 'Hiện không kết nối được cơ sở dữ liệu';
  process.kill(database, 'SIGSTOP');
  try {
    await open.page.locator('#now', { hasText: away }).waitFor();
    await asked.page.goto('/calls');
    expect(await asked.text()).toContain(away);
  } finally {
    process.kill(database, 'SIGCONT');
  }
  await open.page.locator('#now', { hasText: 'Hôm nay' }).waitFor();
  await asked.page.locator('h1', { hasText: 'Cuộc gọi' }).waitFor();
});

test('a page that is open goes to the sign-in once an admin has ended its session', async () => {
  const [admin, other] = [await openAsAdmin(), await openAsAdmin()];
  await admin.page.goto('/users');
  await admin.page.click('text=Thay đổi admin');
  await admin.page.click('text=Kết thúc các phiên');
  await other.page.waitForURL('**/sign-in**');
  expect(await admin.page.goto('/now').then((answer) => answer?.url())).toContain('/sign-in');
});

test('an account that an admin blocks sounds like a mismatch, until it is allowed again', async () => {
  const citizen = await newCitizen();
  const { page, complaints } = await openAsAdmin();
  const setTo = async (state: string) => {
    await page.goto('/account');
    await page.fill('#code', citizen.code);
    await page.click('form[action="/account"] button');
    await page.check(`input[value="${state}"]`);
    await page.fill('#reason', 'mất SIM, đã xem CCCD');
    await page.click('text=Lưu');
    await page.waitForSelector('text=Đã lưu.');
  };
  await setTo('blocked');
  expect(page.url()).not.toContain(citizen.code);
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears('hotline/mismatch');
  await call.hangUp();
  await setTo('allowed');
  expect(await callToItsEnd(citizen)).toContain('changed');
  expect(complaints).toEqual([]);
});

const pages = ['/sign-in', '/now', '/day', '/calls', 'one call', '/account', '/users', '/password'];

test.each([
  { width: 1200, isDark: false },
  { width: 360, isDark: true },
])('no page has a barrier for a screen reader, or is wider than %o', async (view) => {
  const citizen = await newCitizen();
  await callToItsEnd(citizen);
  await auditOf(citizen.phone);
  const stranger = await Reader.open(browser, origin, view);
  const reader = await openAsAdmin(view);
  await searchByPhone(reader, citizen);
  const call = await reader.page.getAttribute('tbody a', 'href');
  for (const place of pages) {
    const { page } = place === '/sign-in' ? stranger : reader;
    await page.goto(place === 'one call' ? call! : place);
    for (const details of await page.locator('main details').all())
      await details.evaluate('(one) => (one.open = true)');
    const of = place === '/sign-in' ? stranger : reader;
    expect({ place, barriers: await of.findBarriers(), overflow: await of.findOverflow() }).toEqual({
      ...{ place, barriers: [], overflow: 0 },
    });
  }
  expect([...reader.complaints, ...stranger.complaints]).toEqual([]);
});

test('everything can be reached and done with the keyboard alone', async () => {
  const { page } = await Reader.open(browser, origin);
  await page.goto('/sign-in');
  await page.waitForSelector('#name:focus'); // by itself
  await page.keyboard.type('admin');
  await page.keyboard.press('Tab');
  await page.keyboard.type(hotlineEnvironment()['CONSOLE_PASSWORD']!);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/now');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // skip to the content
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
  await page.goto('/calls');
  await until(async () => {
    await page.keyboard.press('Tab');
    return (await page.evaluate('document.activeElement.id')) === 'sought';
  });
  await page.keyboard.type('0912345678');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Chỉ hiện các cuộc gọi từ số điện thoại vừa tìm.');
});
