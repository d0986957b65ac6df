/** *Figures* as a file: one document that asks nothing of anybody, for a screen and for paper. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures, FiguresRange } from '../../registry/call-figures.ts';
import { html, renderDocument } from '../html.ts';
import { wordsOf, type Language } from '../languages.ts';
import { day, moment } from '../times.ts';
import { renderFigures } from './render-figures.ts';

export interface Report {
  readonly language: Language;
  /** Whole days. */
  readonly range: FiguresRange;
  readonly figures: Figures;
  readonly madeAt: Date;
}

/** The whole document. Its policy keeps a browser from loading anything for it, whatever it holds. */
export function renderReport({ language, range, figures, madeAt }: Report): string {
  const dictionary = wordsOf(language);
  const { words } = dictionary;
  const title = `${words.day.title} ${spellDays(range)}`;
  const style = readFileSync(join(import.meta.dirname, '../public/console.css'), 'utf8');
  return renderDocument(html`
    <html lang=${language}>
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content=${policyFor(style)} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${words.product}</title>
        <style dangerouslySetInnerHTML=${{ __html: style }}></style>
      </head>
      <body>
        <main>
          <p class="product">${words.product}</p>
          <h1>${title}</h1>
          <p class="soft">${words.day.madeAt(moment(madeAt).slice(0, 16))} ${words.day.delay}</p>
          ${renderFigures(dictionary, figures, null)}
        </main>
      </body>
    </html>
  `);
}

/** The last day is part of the range. */
function spellDays({ from, to }: FiguresRange): string {
  const [first, last] = [day(from), day(new Date(to.getTime() - 1))];
  return first === last ? first : `${first} – ${last}`;
}

function policyFor(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
