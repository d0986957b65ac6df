/** The three pages: log in, choose a password, logged in. They hold no script. */
import { html, type Html } from './html.ts';
import type { Notice, Words } from './words.ts';

/** @param code as typed before, to be corrected */
export function logInPage(words: Words, notice?: Notice, code = ''): string {
  return documentOf(
    words,
    words.logIn,
    notice,
    html`<form method="post" action="${placeOf(words, '/login')}">
      <label for="code">${words.code}</label>
      <input id="code" name="code" value="${code}" inputmode="numeric" autocomplete="username" required />
      <label for="password">${words.password}</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        aria-describedby="hint"
        required
      />
      <p id="hint" class="hint">${words.passwordHint}</p>
      <button>${words.logIn}</button>
    </form>`,
  );
}

export function choosePage(words: Words, notice?: Notice): string {
  return documentOf(
    words,
    words.choose,
    notice,
    html`<p>${words.why}</p>
      <form method="post" action="${placeOf(words, '/login/password')}">
        <label for="password">${words.newPassword}</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="new-password"
          aria-describedby="hint"
          required
        />
        <p id="hint" class="hint">${words.newPasswordHint}</p>
        <label for="repeated">${words.repeated}</label>
        <input id="repeated" name="repeated" type="password" autocomplete="new-password" required />
        <button>${words.save}</button>
      </form>
      ${logOutForm(words)}`,
  );
}

/** @param code of the account: what a real login would show stands in its place */
export function homePage(words: Words, code: string): string {
  return documentOf(
    words,
    words.home,
    undefined,
    html`<p>${words.welcome}</p>
      <p>${words.code}: <b>${code}</b></p>
      ${logOutForm(words)}`,
  );
}

/** Of one of our pages, in this language. */
export function placeOf({ language }: Words, path: string): string {
  return language === 'vi' ? path : `${path}?lang=${language}`;
}

function logOutForm(words: Words): Html {
  return html`<form method="post" action="${placeOf(words, '/login/end')}">
    <button class="second">${words.logOut}</button>
  </form>`;
}

function documentOf(words: Words, title: string, notice: Notice | undefined, content: Html): string {
  const [other = '', otherName = ''] = words.otherLanguage;
  const said = notice === undefined ? '' : html`<p class="notice" role="alert">${words.notices[notice]}</p>`;
  return html`<!doctype html>
    <html lang="${words.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/login/login.css" />
      </head>
      <body>
        <header>
          <p>${words.example}</p>
          <a href="/login?lang=${other}" lang="${other}" hreflang="${other}">${otherName}</a>
        </header>
        <main>
          <h1>${title}</h1>
          ${said} ${content}
        </main>
      </body>
    </html>`.text;
}
