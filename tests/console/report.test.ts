/** The figures as a file, in a browser that opens it from the disk. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { renderReport } from '../../src/console/day/render-report.ts';
import type { Language } from '../../src/console/languages.ts';
import { openBrowser, Reader } from '../support/browser/browser.ts';
import { openVisited } from '../support/console/browse.ts';
import { sampleFigures } from '../support/console/samples.ts';

const range = { from: new Date('2026-11-28T17:00:00Z'), to: new Date('2026-11-29T17:00:00Z') };

function report(language: Language, days = range): string {
  const madeAt = new Date('2026-11-29T22:00:00Z');
  return renderReport({ language, range: days, figures: sampleFigures(days), madeAt });
}

let browser: Browser;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-report-'));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Opens the report from the disk; `requests`: what the browser asked for. */
async function open(language: Language, view: { isDark?: boolean; width?: number } = {}) {
  const file = join(folder, `${language}.html`);
  writeFileSync(file, report(language));
  const reader = await Reader.open(browser, 'file://', view);
  const requests: string[] = [];
  reader.page.on('request', (request) => requests.push(request.url()));
  await reader.page.goto(pathToFileURL(file).href);
  return { reader, requests, address: pathToFileURL(file).href };
}

/** What stands in each element, as the file has it. */
const each = (name: string, text: string) =>
  [...text.matchAll(new RegExp(`<${name}[ >].*?</${name}>`, 'gs'))].map(([found]) => found);

test.each(['vi', 'en'] as const)('has the plots and tables of the page Figures (%s)', async (language) => {
  const { server, visitor } = await openVisited('xem');
  const { body } = await visitor.get(`/day?from=2026-11-29&to=2026-11-29&lang=${language}`);
  await server.close();
  const text = report(language);
  for (const [name, count] of [
    ['svg', 8],
    ['table', 8],
    ['dl', 1],
  ] as const) {
    expect(each(name, body)).toHaveLength(count);
    expect(each(name, text)).toEqual(each(name, body));
  }
});

test('names its days, and when it was made', () => {
  const week = { ...range, from: new Date('2026-11-22T17:00:00Z') };
  expect(report('vi')).toContain('<h1>Số liệu 2026-11-29</h1>');
  expect(report('en', week)).toContain('<h1>Figures 2026-11-23 – 2026-11-29</h1>');
  expect(report('en')).toContain('Made 2026-11-30 05:00, Vietnam time.');
});

test.each(['vi', 'en'] as const)('holds no address, and leads nowhere (%s)', (language) => {
  expect(report(language)).not.toMatch(/https?:|url\(|@import|\s(href|src|srcset|action)=|<script|<a[ >]/i);
});

test.each([
  ['vi', false],
  ['en', true],
] as const)(
  'is read from the disk without any request, a complaint or a barrier (%s, dark: %s)',
  async (language, isDark) => {
    const { reader, requests, address } = await open(language, { isDark });
    expect(await reader.page.locator('table').first().isVisible()).toBe(true);
    expect(await reader.findBarriers()).toEqual([]);
    expect(await reader.findOverflow()).toBe(0);
    expect(reader.complaints).toEqual([]);
    expect(requests).toEqual([address]);
    await reader.context.close();
  },
);

test('fits a narrow window', async () => {
  const { reader } = await open('vi', { width: 360 });
  expect(await reader.findOverflow()).toBe(0);
  await reader.context.close();
});

test('is dark text on a light ground on paper, whatever the screen is, and nothing of it is cut off', async () => {
  const { reader } = await open('vi', { isDark: true });
  const colours = `(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))`;
  expect(await reader.page.evaluate(colours)).toEqual(['rgb(230, 237, 234)', 'rgb(16, 23, 21)']);
  await reader.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await reader.page.setViewportSize({ width: 718, height: 1000 }); // A4 between margins of 1 cm
  expect(await reader.page.evaluate(colours)).toEqual(['rgb(23, 33, 30)', 'rgb(244, 246, 245)']);
  const cutOff = `[...document.querySelectorAll('.scroll, .plot-frame')]
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length`;
  expect(await reader.page.evaluate(cutOff)).toBe(0);
  await reader.context.close();
});
