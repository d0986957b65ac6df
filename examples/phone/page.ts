/** The document around the phone, which its script draws. */
import { html, renderDocument } from '../../src/console/html.ts';
import { wordsOf, type Language } from './words.ts';

export function renderPhonePage(language: Language): string {
  const words = wordsOf(language);
  const other = language === 'vi' ? 'en' : 'vi';
  return renderDocument(html`
    <html lang=${language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${words.title}</title>
        <link rel="stylesheet" href="/public/console.css" />
        <link rel="stylesheet" href="/phone/phone.css" />
        <link rel="icon" href="/public/icon.svg" type="image/svg+xml" />
        <script src="/phone/main.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">${words.skip}</a>
        <header class="top">
          <p class="product"><a href="/">${words.console}</a></p>
          <div class="visitor">
            <a href=${`/phone?lang=${other}`} lang=${other} hreflang=${other}>${words.otherLanguage}</a>
          </div>
        </header>
        <main id="main" tabindex="-1">
          <h1>${words.title}</h1>
          <p class="soft">${words.purpose}</p>
          <noscript><p class="notice bad">${words.noScript}</p></noscript>
          <div id="phone"></div>
        </main>
      </body>
    </html>
  `);
}
