/** The page of the phone in the browser (examples/phone/), as the person uses it who calls. */
import type { Browser, Page } from 'playwright-core';
import { Reader, type View } from './browser.ts';
import { keepWhatIsHeard } from './heard.ts';

/** Of the hotline under test. */
export const origin = 'http://127.0.0.1:8080';

/** Opens it and waits until it can call; what it plays is kept (heard.ts). */
export async function openPhone(browser: Browser, view: View = {}): Promise<Reader> {
  const reader = await Reader.open(browser, origin, view);
  reader.page.setDefaultTimeout(60_000); // a whole call takes 35 s
  await keepWhatIsHeard(reader.context);
  await reader.page.goto('/phone');
  await reader.page.waitForSelector('#call');
  return reader;
}

/** Waits for the caption of a prompt. */
export async function hears(page: Page, name: string): Promise<void> {
  await page.locator(`#captions [data-said="hotline/${name}"]`).last().waitFor();
}

/** Clicks these keys, one after the other. */
export async function press(page: Page, keys: string): Promise<void> {
  for (const key of keys) await page.click(`.keypad button:text-is("${key}")`);
}

/** Waits for the end of the call. */
export const ended = (page: Page) => page.locator('#status[data-status=ended]').waitFor();

/** What the captions have of one kind. */
export async function captioned(page: Page, kind: 'digits' | 'keyed' | 'prompt'): Promise<string[]> {
  const lines = await page.locator(`#captions .${kind}`).all();
  return Promise.all(lines.map(async (line) => (await line.getAttribute('data-said')) ?? ''));
}
