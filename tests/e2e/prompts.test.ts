/** An admin records a prompt in a real browser and puts it live, while real calls run. */
import { cpSync, createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { callPaths } from '../../src/call/paths/call-paths.ts';
import { openBrowser, Reader } from '../support/browser/browser.ts';
import { closeRegistryDatabase, newCitizen } from '../support/machine/citizens.ts';
import { hotlineEnvironment, runStateDirectory } from '../support/machine/hotline-under-test.ts';
import { pbxConsole } from '../support/machine/pbx-console.ts';
import { callFrom, enterCode, said, soundsDirectory } from '../support/machine/phone-call.ts';
import { silenceOf, speechOf, wavOf } from '../support/recordings/wav.ts';
import { until } from '../support/until.ts';

const origin = 'http://127.0.0.1:8080';
const live = (file: string) => readFileSync(join(runStateDirectory(), 'recordings/live', file));

let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-voice-'));
  const voice = join(folder, 'voice.wav');
  writeFileSync(voice, wavOf([...silenceOf(2), ...speechOf('hotline/goodbye', 0.5), ...silenceOf(30)]));
  browser = await openBrowser(
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${voice}`,
  );
});
afterAll(async () => {
  await browser?.close();
  await closeRegistryDatabase();
  rmSync(folder, { recursive: true });
});

async function openAsAdmin(view = {}): Promise<Reader> {
  const reader = await Reader.open(browser, origin, view);
  await reader.signIn('admin', hotlineEnvironment()['CONSOLE_PASSWORD']!);
  return reader;
}

/** Of a prompt, in ms, as its live A-law file has it. */
const lengthMs = (sound: string) => live(`${sound}.alaw`).length / 8;

test('what an admin records and puts live is heard in the next call; the running one goes on; a click rolls it back', async () => {
  const [citizen, next] = [await newCitizen(), await newCitizen()];
  const { page, complaints } = await openAsAdmin();
  const shipped = live('hotline/mismatch.alaw');
  const running = await callFrom(citizen.phone);
  await enterCode(running, citizen.code);
  await running.hears('hotline/password-intro');

  await page.goto('/prompts/mismatch');
  await page.click('#record');
  await until(async () => Number(await page.evaluate('document.getElementById("level").value')) > 0.1);
  await page.waitForTimeout(3500); // as long as somebody speaks
  await page.click('#record');
  await page.waitForSelector('text=Đã thu, số giây:');
  await page.click('text=Gửi bản thu');
  await page.waitForSelector('text=Đã làm bản 1.');
  expect(live('hotline/mismatch.alaw').equals(shipped)).toBe(true);
  await page.click('tr:has-text("admin") >> text=Phát bản này');
  await page.waitForSelector('text=Từ lần phát tới, người gọi nghe bản này.');
  const recorded = live('hotline/mismatch.alaw');
  expect(recorded.equals(shipped)).toBe(false);
  expect(live('hotline/mismatch.sln16').length).toBe(recorded.length * 4);

  await running.ended;
  expect(said(running)).toContain('changed');

  // A caller who knows what is live by its sound.
  const sounds = join(folder, 'sounds');
  cpSync(soundsDirectory, sounds, { recursive: true });
  writeFileSync(join(sounds, 'hotline/mismatch.alaw'), recorded);
  const second = await callFrom(next.phone, { soundsDirectory: sounds });
  await enterCode(second, '9999999999');
  await second.hears('hotline/mismatch');
  await second.hangUp();

  await page.click('text=Trở lại bản trước');
  await page.waitForSelector('text=Từ lần phát tới, người gọi nghe bản này.');
  expect(live('hotline/mismatch.alaw').equals(shipped)).toBe(true);
  const third = await callFrom(next.phone);
  await enterCode(third, '9999999999');
  await third.hears('hotline/mismatch');
  await third.hangUp();
  expect(complaints).toEqual([]);
});

test('a prompt of the menu, which the dialplan plays, follows at once too', async () => {
  const { page } = await openAsAdmin();
  await page.goto('/prompts/menu-silence');
  await page.setInputFiles('#file', {
    name: '../../menu.wav',
    mimeType: 'text/html',
    buffer: wavOf(speechOf('hotline/goodbye', 0.6)),
  });
  await page.click('text=Gửi bản thu');
  await page.click('tr:has-text("admin") >> text=Phát bản này');
  await page.waitForSelector('text=Từ lần phát tới');
  expect(Math.abs(lengthMs('hotline/menu-silence') - lengthMs('hotline/goodbye'))).toBeLessThan(200);
  const call = await callFrom((await newCitizen()).phone);
  await call.hears('hotline/menu');
  await call.hears('hotline/menu'); // after 7 s without a key, and what is now said of it
  await call.hangUp();
  expect(said(call)).not.toContain('menu-silence');
  await page.click('text=Trở lại bản trước');
  await page.waitForSelector('text=Từ lần phát tới');
});

test('1 GB is refused before it has come', async () => {
  const { page } = await openAsAdmin();
  await page.goto('/prompts/menu');
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const type = 'multipart/form-data; boundary=edge';
  for (const length of [{ 'content-length': String(1e9) }, {}]) {
    const sent = await new Promise<{ status: number | undefined; bytes: number }>((resolve) => {
      let bytes = 0;
      const upload = request(`${origin}/prompts/menu/upload`, {
        ...{ method: 'POST', headers: { cookie, 'content-type': type, ...length } },
      });
      const end = (status?: number) => resolve({ status, bytes });
      upload.on('response', ({ statusCode }) => end(statusCode));
      upload.on('error', () => end());
      const zeros = createReadStream('/dev/zero', { end: 1e9 - 1 });
      zeros.on('data', (chunk) => (bytes += chunk.length));
      zeros.pipe(upload);
      upload.on('close', () => zeros.destroy());
    });
    expect(sent.status === undefined || sent.status >= 400).toBe(true);
    expect(sent.bytes).toBeLessThan(300e6); // what both systems hold until the connection is closed
  }
  expect((await fetch(`${origin}/livez`)).status).toBe(200);
});

test.each([
  { width: 1200, isDark: false },
  { width: 360, isDark: true },
])('no page of prompts has a barrier for a screen reader, or is wider than %o', async (view) => {
  const reader = await openAsAdmin(view);
  for (const place of ['/prompts', '/prompts/menu', '/prompts/digits-7', '/prompts/silence']) {
    await reader.page.goto(place);
    expect({ place, barriers: await reader.findBarriers(), overflow: await reader.findOverflow() }).toEqual({
      ...{ place, barriers: [], overflow: 0 },
    });
  }
  expect(reader.complaints).toEqual([]);
});

test('the fee counts in the paths when the dialplan says it, as Asterisk answers at that moment', async () => {
  const { page } = await openAsAdmin();
  const usedIn = async () => {
    await page.goto('/prompts/fee');
    return page.textContent('dt:has-text("Dùng trong") + dd');
  };
  expect(await usedIn()).toBe('0 đường đi');
  await pbxConsole('dialplan set global HOTLINE_FEE_ANNOUNCEMENT yes');
  try {
    expect(await usedIn()).toBe(`${callPaths.length} đường đi`);
  } finally {
    await pbxConsole('dialplan set global HOTLINE_FEE_ANNOUNCEMENT no');
  }
});
