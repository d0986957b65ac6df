/** The figures of a range, a card for each question an operator asks. */
import type { Figures, FiguresPoint } from '../../registry/call-figures.ts';
import { html, renderScroll, type Content } from '../html.ts';
import type { Dictionary } from '../languages.ts';
import { moment } from '../times.ts';
import { maxColumns, plotColumns, plotNamed, plotOverTime, type NamedCount, type Series } from './chart.ts';
import { tableOf, type FigureTable, type TableName } from './tables.ts';

/** How a table is drawn. */
type Plot = (title: string, table: FigureTable) => Content;

/** @param query that the range's CSV files are asked for with; null: there are none, and the tables are open */
export function renderFigures(dictionary: Dictionary, figures: Figures, query: string | null): Content {
  const { day, count } = dictionary.words;
  const card = (name: TableName, plot: Plot, isWide = false) => {
    const table = tableOf(name, dictionary, figures);
    return html`
      <section class=${isWide ? 'card wide' : 'card'}>
        <h2>${table.title}</h2>
        ${plot(table.title, table)}
        ${renderTable(dictionary, table, query === null ? null : `/day.csv?table=${name}&${query}`)}
      </section>
    `;
  };
  const named: Plot = (title, table) => plotNamed(namedIn(table), title, count);
  const columns: Plot = (title, table) => plotColumns(namedIn(table), title);
  const outcomes: Plot = (title) =>
    renderOverTime(dictionary, figures, outcomesIn(dictionary, figures), title);
  const waves: Plot = () => html`
    <p>${day.waves(figures.waves.length)}</p>
    ${renderOverTime(dictionary, figures, mismatchesIn(dictionary, figures), day.mismatchesOverTime)}
  `;
  return html`
    ${renderSummary(dictionary, figures)}
    <div class="cards">
      ${card('time', outcomes, true)} ${card('funnel', named)} ${card('gave-up', named)}
      ${card('outcomes', named)} ${card('menu', named)} ${card('lengths', named)} ${card('hours', columns)}
      ${card('waves', waves, true)}
    </div>
    ${figures.total.calls === 0 && html`<p class="notice">${day.nothing}</p>`}
  `;
}

function renderOverTime(
  { words }: Dictionary,
  { points, to, step }: Figures,
  series: readonly Series[],
  title: string,
): Content {
  const starts = points.map(({ at }) => at);
  return html`
    ${plotOverTime(starts, to, step, series, title)}
    ${points.length > maxColumns && html`<p class="hint">${words.day.weeks}</p>`}
  `;
}

function outcomesIn({ words: { day } }: Dictionary, { points }: Figures): Series[] {
  const others = ({ calls, refused, funnel }: FiguresPoint) => Math.max(0, calls - refused - funnel.changed);
  return [
    { name: day.changed, colour: 'series-1', counts: points.map(({ funnel }) => funnel.changed) },
    { name: day.notChanged, colour: 'series-3', counts: points.map(others) },
    { name: day.refused, colour: 'series-2', counts: points.map(({ refused }) => refused) },
  ];
}

function mismatchesIn({ words: { day } }: Dictionary, { points }: Figures): Series[] {
  return [{ name: day.mismatches, colour: 'series-2', counts: points.map(({ mismatches }) => mismatches) }];
}

function renderSummary({ words }: Dictionary, { total, meanMs, busiest }: Figures): Content {
  const { day, count } = words;
  const facts: [string, string][] = [
    [day.calls, count(total.calls)],
    [day.changed, count(total.funnel.changed)],
    [day.mismatches, count(total.mismatches)],
    [day.mean, meanMs === null ? words.none : words.wholeSeconds(meanMs)],
  ];
  return html`
    <section class="card">
      <dl class="figures">
        ${facts.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
      ${busiest !== null && html`<p class="soft">${day.busiest(moment(busiest.from).slice(0, 16), busiest.calls)}</p>`}
    </section>
  `;
}

function namedIn({ rows }: FigureTable): NamedCount[] {
  return rows.map(([name, count]) => ({ name: String(name), count: Number(count) }));
}

function renderTable(
  { words }: Dictionary,
  { title, columns, rows }: FigureTable,
  file: string | null,
): Content {
  return html`
    <details open=${file === null}>
      <summary>${words.day.table}</summary>
      ${renderScroll(
        title,
        html`
          <table>
            <caption>
              ${title}
            </caption>
            <thead>
              <tr>
                ${columns.map((column, at) => html`<th scope="col" class=${at === 0 ? '' : 'number'}>${column}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                (row) =>
                  html`<tr>
                    ${row.map((cell, at) => (at === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="number">${typeof cell === 'number' ? words.count(cell) : cell}</td>`))}
                  </tr>`,
              )}
            </tbody>
          </table>
        `,
      )}
    </details>
    ${file !== null && html`<p><a href=${file} download>${words.day.csv}</a></p>`}
  `;
}
