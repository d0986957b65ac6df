/** *Figures*: what happened over a range of days, as plots, tables and CSV files. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { maxFiguresDays, type FiguresRange } from '../../registry/call-figures.ts';
import { tableNames, tableOf } from '../day/tables.ts';
import { dayField, daysAgo, nextDay, readFields, type FieldFault } from '../fields.ts';
import { guardFor, requireOfficer } from '../guard.ts';
import { html, type Content } from '../html.ts';
import type { ConsoleParts } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import { day } from '../times.ts';
import { visitOf, type Visit } from '../visit.ts';

const rangeFields = z.object({ from: dayField.optional(), to: dayField.optional() });
const fileFields = rangeFields.extend({ table: z.enum(tableNames) });

export function addDayPage(pages: FastifyInstance, { figures, acts }: ConsoleParts): void {
  pages.get('/day', guardFor('viewer'), async (request, reply) => {
    const asked = readRange(request.query);
    if ('fault' in asked) return sendFault(request, reply, asked.fault);
    const { range } = asked;
    // Plots bring three hundred modules, which a start does not need.
    const plots = import('../day/render-figures.ts');
    const [{ renderFigures }, read] = await Promise.all([plots, figures.read(range)]);
    return sendPage(request, reply, (visit) => ({
      title: visit.words.day.title,
      at: '/day',
      body: html`${renderRangeForm(visit, range)} ${renderFigures(visit, read, queryOf(range))}`,
    }));
  });

  pages.get('/day.csv', guardFor('viewer'), async (request, reply) => {
    const asked = readRange(request.query);
    const file = readFields(fileFields, request.query);
    if ('fault' in asked) return sendFault(request, reply, asked.fault);
    if ('fault' in file) return sendFault(request, reply, file.fault);
    const { from, to } = asked.range;
    const filters = { table: file.values.table, from: day(from), to: day(new Date(to.getTime() - 1)) };
    await acts.recordAct({ user: requireOfficer(request).name, what: { kind: 'exported figures', filters } });
    const { columns, rows } = tableOf(
      file.values.table,
      visitOf(request, reply),
      await figures.read(asked.range),
    );
    return reply
      .type('text/csv; charset=utf-8')
      .header('cache-control', 'no-store')
      .header(
        'content-disposition',
        `attachment; filename="hotline-${file.values.table}-${day(asked.range.from)}.csv"`,
      )
      .send(writeCsv([columns, ...rows]));
  });
}

/** With a mark by which a spreadsheet knows that it is UTF-8, and no cell that it would calculate. */
export function writeCsv(rows: readonly (readonly (string | number)[])[]): string {
  return `\uFEFF${stringify(rows as (string | number)[][], { escape_formulas: true, record_delimiter: 'windows' })}`;
}

/** Today, unless the query says otherwise. The last day is part of the range. */
function readRange(query: unknown): { readonly range: FiguresRange } | { readonly fault: FieldFault } {
  const read = readFields(rangeFields.loose(), query);
  if ('fault' in read) return read;
  const { from = read.values.to ?? daysAgo(0), to = from } = read.values;
  const range = { from, to: nextDay(to) };
  if (range.from >= range.to) return { fault: ({ fields }) => fields.order };
  if (range.to.getTime() - range.from.getTime() > maxFiguresDays * 86_400_000)
    return { fault: ({ fields }) => fields.tooLong(maxFiguresDays) };
  return { range };
}

function queryOf({ from, to }: FiguresRange): string {
  return `from=${day(from)}&to=${day(new Date(to.getTime() - 1))}`;
}

function sendFault(request: FastifyRequest, reply: FastifyReply, fault: FieldFault): FastifyReply {
  return sendPage(
    request,
    reply,
    (visit) => ({
      title: visit.words.day.title,
      at: '/day',
      body: html`
        <p class="notice bad" role="alert">${fault(visit.words)}</p>
        ${renderRangeForm(visit, { from: daysAgo(0), to: nextDay(daysAgo(0)) })}
      `,
    }),
    422,
  );
}

function renderRangeForm({ words }: Visit, { from, to }: FiguresRange): Content {
  const lastDay = day(new Date(to.getTime() - 1));
  const today = day(daysAgo(0));
  const presets: [string, number, number][] = [
    [words.day.today, 0, 0],
    [words.day.yesterday, 1, 1],
    [words.day.week, 6, 0],
    [words.day.month, 29, 0],
  ];
  return html`
    <form class="card" action="/day">
      <div class="fields">
        <div class="field">
          <label for="from">${words.day.from}</label>
          <input id="from" type="date" name="from" value=${day(from)} max=${today} required />
        </div>
        <div class="field">
          <label for="to">${words.day.to}</label>
          <input id="to" type="date" name="to" value=${lastDay} max=${today} required />
        </div>
        <button>${words.day.show}</button>
        ${presets.map(
          ([name, first, last]) =>
            html`<a class="button quiet" href=${`/day?from=${day(daysAgo(first))}&to=${day(daysAgo(last))}`}
              >${name}</a
            >`,
        )}
      </div>
      <p class="hint">${words.day.delay}</p>
    </form>
  `;
}
