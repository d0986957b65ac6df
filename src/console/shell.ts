/** The frame of every page: head, navigation, who is signed in, and the way to the other language. */
import { html, renderDocument, type Content } from './html.ts';
import { mayAct, type Visit } from './visit.ts';

export interface Page {
  readonly title: string;
  readonly body: Content;
  /** The path that the navigation marks as this page's, and where a page that answers a form can be read in the other language. */
  readonly at?: string;
  /** A script of public/ that the page can do without. */
  readonly script?: string;
  /** Loaded again by itself after so many seconds. */
  readonly reloadSeconds?: number;
}

/** In the order of the navigation, each with the least role that sees it. */
const places = [
  { path: '/now', word: 'now', role: 'viewer' },
  { path: '/day', word: 'day', role: 'viewer' },
  { path: '/calls', word: 'calls', role: 'officer' },
  { path: '/account', word: 'account', role: 'officer' },
  { path: '/prompts', word: 'prompts', role: 'admin' },
  { path: '/users', word: 'users', role: 'admin' },
] as const;

/** The whole document. */
export function renderPage(visit: Visit, page: Page): string {
  const { words, language } = visit;
  return renderDocument(html`
    <html lang=${language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${page.reloadSeconds !== undefined && html`<meta http-equiv="refresh" content=${String(page.reloadSeconds)} />`}
        <title>${page.title} · ${words.product}</title>
        <link rel="stylesheet" href="/public/console.css" />
        <link rel="icon" href="/public/icon.svg" type="image/svg+xml" />
        ${page.script !== undefined && html`<script src=${`/public/${page.script}`} defer></script>`}
      </head>
      <body>
        <a class="skip" href="#main">${words.skip}</a>
        <header class="top">
          <p class="product"><a href="/">${words.product}</a></p>
          ${renderNavigation(visit, page.at)} ${renderVisitor(visit, page.at)}
        </header>
        <main id="main" tabindex="-1">
          <h1>${page.title}</h1>
          ${page.body}
        </main>
      </body>
    </html>
  `);
}

function renderNavigation({ officer, words }: Visit, at: string | undefined): Content {
  if (officer === null) return null;
  const seen = places.filter(({ role }) => mayAct(officer.role, role));
  return html`
    <nav aria-label=${words.nav.label}>
      <ul>
        ${seen.map(
          ({ path, word }) => html`
            <li><a href=${path} aria-current=${path === at ? 'page' : undefined}>${words.nav[word]}</a></li>
          `,
        )}
      </ul>
    </nav>
  `;
}

function renderVisitor({ officer, words, language, url, formToken }: Visit, at = '/'): Content {
  const other = language === 'vi' ? 'en' : 'vi';
  return html`
    <div class="visitor">
      <a href=${inLanguage(url ?? at, other)} lang=${other} hreflang=${other}>${words.otherLanguage}</a>
      ${
        officer !== null &&
        html`
          <a class="who" href="/password">${words.signedInAs(officer.name, words.roles[officer.role])}</a>
          <form method="post" action="/sign-out">
            <input type="hidden" name="_csrf" value=${formToken} />
            <button class="quiet">${words.signIn.out}</button>
          </form>
        `
      }
    </div>
  `;
}

/** The same page in another language. */
function inLanguage(url: string, language: string): string {
  // Paths such as `//` are no part of a URL.
  const base = 'http://console';
  const { pathname, searchParams } = new URL(URL.canParse(url, base) ? url : '/', base);
  searchParams.set('lang', language);
  return `${pathname}?${searchParams.toString()}`;
}
