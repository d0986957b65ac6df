/** The phone in the browser, with real media: a call is made by clicking, and what is heard is what was stored. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser/browser.ts';
import { forgetWhatWasHeard, samplesHeard } from '../support/browser/heard.ts';
import { captioned, ended, hears, openPhone, press } from '../support/browser/phone-page.ts';
import { closeRegistryDatabase, logsIn } from '../support/machine/citizens.ts';
import { auditOf } from '../support/machine/phone-call.ts';
import { addHomeNetwork } from '../support/machine/private-network.ts';
import { loadRecordings, recognise } from '../support/wideband/recognise.ts';

const recordings = loadRecordings(join(import.meta.dirname, '../../sounds/vi'), '.alaw');

addHomeNetwork(); // Asterisk's ICE needs an address besides those of loopback

let browser: Browser;
let browserThatRefuses: Browser;
beforeAll(async () => {
  const fakeMicrophone = '--use-fake-device-for-media-stream';
  browser = await openBrowser(fakeMicrophone, '--use-fake-ui-for-media-stream');
  browserThatRefuses = await openBrowser(fakeMicrophone, '--deny-permission-prompts');
});
afterAll(async () => {
  await browser?.close();
  await browserThatRefuses?.close();
  await closeRegistryDatabase();
});

/** The recorder of heard.ts is warned of, since it is old. */
const isOfThePage = (complaint: string) => !complaint.startsWith('The ScriptProcessorNode is deprecated');

/** The digits in what the page has played, as it was decoded. A machine under load may lose some of one reading. */
async function digitsPlayed(page: Page): Promise<string> {
  const sought = (await recordings).filter(({ name }) => name.startsWith('digits/')); // more would take long
  const heard = recognise(await samplesHeard(page), sought, 'part');
  return heard.map(({ name }) => name.slice(-1)).join('');
}

test('a call made by clicking changes the password to the digits that are heard and captioned', async () => {
  const { page, complaints } = await openPhone(browser);
  await page.click('#call');
  await hears(page, 'menu');
  await press(page, '8');
  await hears(page, 'enter-code-10');
  await press(page, '0123456789');
  await hears(page, 'password-intro');
  await forgetWhatWasHeard(page); // of what comes now, recognising takes seconds enough
  await hears(page, 'goodbye');
  await ended(page);
  const [first, second, ...more] = await captioned(page, 'digits');
  expect(first).toMatch(/^\d{8}$/);
  expect([second, more]).toEqual([first, []]);
  expect(await digitsPlayed(page)).toContain(first);
  expect(await logsIn({ code: '0123456789', phone: '0912345678', oldPassword: '' }, first!)).toBe(true);
  expect(await captioned(page, 'keyed')).toEqual(['8', '0123456789']);
  expect(await page.locator('#captions .unknown').count()).toBe(0);
  expect(await page.innerText('#status')).toBe('Tổng đài đã gác máy.');
  const [, minutes] = /^(\d):\d\d$/.exec(await page.innerText('#time'))!;
  expect(await page.innerText('#cost')).toBe(`${Number(minutes) + 1}.000 đ`);
  expect(complaints.filter(isOfThePage)).toEqual([]);
});

test('by the keyboard alone a citizen who shares a phone is chosen, calls and hangs up', async () => {
  const { page } = await openPhone(browser);
  await page.focus('#caller');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await hears(page, 'menu');
  await page.keyboard.type('8');
  await hears(page, 'enter-code-10');
  await page.keyboard.type('7900000002');
  await hears(page, 'password-intro');
  await page.keyboard.press('Escape');
  await ended(page);
  expect(await page.innerText('#status')).toBe('Bạn đã gác máy.');
  expect(await auditOf('0903333444')).toEqual([expect.objectContaining({ outcome: 'hung-up' })]);
});

test('a caller who withholds the number is told that it is unknown', async () => {
  const { page } = await openPhone(browser);
  await page.selectOption('#caller', 'browser-withheld');
  await page.click('#call');
  await hears(page, 'menu');
  await press(page, '8');
  await hears(page, 'no-identity');
  await page.click('#hang-up');
  await ended(page);
});

test('where the microphone is refused the page says so, and the call goes on', async () => {
  const { page, complaints } = await openPhone(browserThatRefuses);
  await page.click('#call');
  await page.waitForSelector('text=Trang không được dùng micrô. Cuộc gọi vẫn tiếp tục');
  await hears(page, 'menu');
  await press(page, '9');
  await hears(page, 'goodbye');
  await ended(page);
  expect((await samplesHeard(page)).some((sample) => sample > 1000)).toBe(true);
  expect(complaints.filter(isOfThePage)).toEqual([]);
});

test('the volume is that of what is heard', async () => {
  const { page } = await openPhone(browser);
  await page.focus('#volume');
  await page.keyboard.press('Home');
  expect(await page.inputValue('#volume')).toBe('0');
});

test('where Asterisk cannot be reached the page says so', async () => {
  const { page } = await openPhone(browser);
  await page.routeWebSocket('**/ws', (socket) => socket.close());
  await page.click('#call');
  await ended(page);
  expect(await page.innerText('#status')).toContain('Không kết nối được với Asterisk.');
});

test.each([
  { width: 1200, isDark: false },
  { width: 360, isDark: true },
])('the page has no barrier for a screen reader, and is no wider than %o', async (view) => {
  const reader = await openPhone(browser, view);
  const { page, complaints } = reader;
  expect(await reader.findBarriers()).toEqual([]);
  await page.click('#call');
  await hears(page, 'menu');
  await press(page, '1');
  await hears(page, 'menu-invalid');
  expect({ barriers: await reader.findBarriers(), overflow: await reader.findOverflow() }).toEqual({
    ...{ barriers: [], overflow: 0 },
  });
  await page.click('#hang-up');
  await ended(page);
  expect(complaints.filter(isOfThePage)).toEqual([]);
});
