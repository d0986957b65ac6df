/** Debian's Chromium, without a window, driven by playwright-core. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** It tells nobody of itself, and needs no sandbox of its own in the network of a test, where it is root's. */
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

/** @param more flags for this browser */
export function openBrowser(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...flags, ...more] });
}

export interface View {
  readonly width?: number;
  readonly height?: number;
  readonly isDark?: boolean;
}

/** A person's browser with cookies of its own. Collects what its pages complain of, a breach of their policy for one. */
export class Reader {
  readonly complaints: string[] = [];
  readonly page: Page;
  readonly context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, origin: string, view: View = {}): Promise<Reader> {
    const { width = 1200, height = 800, isDark = false } = view;
    const context = await browser.newContext({
      ...{ baseURL: origin, viewport: { width, height }, colorScheme: isDark ? 'dark' : 'light' },
      acceptDownloads: true,
    });
    return new Reader(context, await context.newPage());
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.page.goto('/sign-in');
    await this.page.fill('#name', name);
    await this.page.fill('#password', password);
    await this.page.click('main button');
    await this.page.waitForURL('**/now');
  }

  /** What axe-core finds against WCAG 2.1 A and AA: the rule, and where. */
  async findBarriers(): Promise<string[]> {
    await this.page.evaluate(axe);
    return this.page.evaluate(
      `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
        .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`,
    );
  }

  /** How much wider the page is than the window, px. */
  async findOverflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  async text(): Promise<string> {
    return (await this.page.innerText('main')).replace(/\s+/g, ' ');
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
