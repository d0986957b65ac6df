/** The whole story, in a browser: a forgotten password, a call, and a login with a password of one's own. */
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser/browser.ts';
import { captioned, ended, hears, openPhone, press } from '../support/browser/phone-page.ts';
import { addHomeNetwork } from '../support/machine/private-network.ts';

const citizen = { phone: '0987654321', code: '7912345678' };
const chosen = 'bốn con mèo ngồi';

addHomeNetwork(); // Asterisk's ICE needs an address besides those of loopback

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream');
});
afterAll(() => browser?.close());

/** The page that the link behind the call opens. */
async function followToLogin(phone: Page): Promise<Page> {
  const [login] = await Promise.all([phone.context().waitForEvent('page'), phone.click('#login')]);
  await sees(login, 'Đăng nhập VssID');
  return login;
}

async function logIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('Mã số BHXH').fill(citizen.code);
  await page.getByLabel('Mật khẩu').fill(password);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
}

async function choose(page: Page, password: string): Promise<void> {
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill(password);
  await page.getByLabel('Nhập lại mật khẩu mới').fill(password);
  await page.getByRole('button', { name: 'Lưu mật khẩu' }).click();
}

/** Waits for a page with this heading. */
const sees = (page: Page, heading: string) =>
  page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();

const accountOf = ({ code }: typeof citizen) => `Mã số BHXH: ${code}`;

test('who forgot the password calls, presses 8, hears a new one, logs in with it, and goes on with one of their own', async () => {
  const { page: phone } = await openPhone(browser);
  await phone.selectOption('#caller', { label: citizen.phone });
  await phone.click('#call');
  await hears(phone, 'menu');
  await press(phone, '8');
  await hears(phone, 'enter-code-10');
  await press(phone, citizen.code);
  await hears(phone, 'changed');
  await hears(phone, 'change-at-login');
  await ended(phone);
  const [heard = '', heardAgain] = await captioned(phone, 'digits');
  expect(heard).toMatch(/^\d{8}$/);
  expect(heardAgain).toBe(heard);

  const login = await followToLogin(phone);
  await logIn(login, heard);
  await sees(login, 'Chọn mật khẩu mới');
  await login.goto('/login'); // there is no way past it
  await sees(login, 'Chọn mật khẩu mới');
  expect(await login.innerText('main')).not.toContain(citizen.code);
  await choose(login, chosen);
  await sees(login, 'Đã đăng nhập');
  expect(await login.innerText('main')).toContain(accountOf(citizen));

  await login.getByRole('button', { name: 'Đăng xuất' }).click();
  await logIn(login, heard);
  await login.getByRole('alert').filter({ hasText: 'Mã số hoặc mật khẩu không đúng' }).waitFor();
  await sees(login, 'Đăng nhập VssID');
  await logIn(login, chosen);
  await sees(login, 'Đã đăng nhập');
  expect(await login.innerText('main')).toContain(accountOf(citizen));
});
