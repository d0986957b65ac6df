/** The list of calls, its filters, and the search for one person's. */
import { spellCursor, type ArchivePage } from '../../registry/call-archive.ts';
import type { ShownCall } from '../../registry/shown-call.ts';
import { explainVerdict, outcomeName, reasonName } from '../advice/advice.ts';
import { html, renderScroll, type Content } from '../html.ts';
import { day, moment } from '../times.ts';
import type { Search, Visit } from '../visit.ts';
import { queryOf, type CallFields } from './filters.ts';

export function renderSearch({ words, formToken }: Visit, search: Search | undefined): Content {
  const { calls } = words;
  const token = html`<input type="hidden" name="_csrf" value=${formToken} />`;
  if (search !== undefined)
    return html`
      <form class="card" method="post" action="/calls/search/end">
        ${token}
        <p role="status">${search.kind === 'code' ? calls.soughtByCode : calls.soughtByPhone}</p>
        <button class="quiet">${calls.endSearch}</button>
      </form>
    `;
  return html`
    <form class="card" method="post" action="/calls/search" autocomplete="off">
      ${token}
      <h2>${calls.search}</h2>
      <div class="fields">
        <div class="field">
          <label for="kind">${calls.kind}</label>
          <select id="kind" name="kind">
            <option value="phone">${calls.phone}</option>
            <option value="code">${calls.code}</option>
          </select>
        </div>
        <div class="field">
          <label for="sought">${calls.sought}</label>
          <input
            id="sought"
            name="sought"
            inputmode="tel"
            maxlength="40"
            required
            aria-describedby="sought-hint"
          />
        </div>
        <button>${calls.searchNow}</button>
      </div>
      <p class="hint" id="sought-hint">${calls.exactOnly}</p>
    </form>
  `;
}

export function renderFilters(
  { words, advice }: Visit,
  fields: CallFields,
  nodes: readonly string[],
): Content {
  const { calls } = words;
  const options = (names: readonly (readonly [string, string])[], chosen: string | undefined) => html`
    <option value="">${calls.any}</option>
    ${names.map(([value, name]) => html`<option value=${value} selected=${value === chosen}>${name}</option>`)}
  `;
  const date = (name: 'from' | 'to') => html`
    <div class="field">
      <label for=${name}>${calls[name]}</label>
      <input id=${name} name=${name} type="date" value=${fields[name] && day(fields[name])} />
    </div>
  `;
  const seconds = (name: 'min' | 'max') => html`
    <div class="field">
      <label for=${name}>${calls[name]}</label>
      <input id=${name} name=${name} type="number" min="0" max="99999" value=${fields[name]} />
    </div>
  `;
  return html`
    <form class="card" action="/calls">
      <h2>${calls.filters}</h2>
      <div class="fields">
        <div class="field">
          <label for="outcome">${calls.outcome}</label>
          <select id="outcome" name="outcome">
            ${options(Object.entries(advice.outcomes), fields.outcome)}
          </select>
        </div>
        ${date('from')} ${date('to')} ${seconds('min')} ${seconds('max')}
        <div class="field">
          <label for="node">${calls.node}</label>
          <select id="node" name="node">
            ${options(
              nodes.map((node) => [node, node] as const),
              fields.node,
            )}
          </select>
        </div>
        <button>${calls.show}</button>
        <a class="button quiet" href="/calls">${calls.all}</a>
      </div>
    </form>
  `;
}

export function renderCallList(visit: Visit, { calls, next }: ArchivePage, fields: CallFields): Content {
  const { words } = visit;
  const { columns } = words.calls;
  return html`
    <section class="card" aria-labelledby="list">
      <h2 id="list">${words.calls.list(calls.length)}</h2>
      ${
        calls.length > 0 &&
        html`
          ${renderScroll(
            words.calls.title,
            html`
              <table>
                <thead>
                  <tr>
                    <th scope="col">${columns.ended}</th>
                    <th scope="col">${columns.outcome}</th>
                    <th scope="col">${columns.phone}</th>
                    <th scope="col" class="number">${columns.length}</th>
                    <th scope="col">${columns.reason}</th>
                    <th scope="col">${columns.node}</th>
                  </tr>
                </thead>
                <tbody>
                  ${calls.map((call) => renderCallRow(visit, call))}
                </tbody>
              </table>
            `,
          )}
        `
      }
      ${
        next !== null &&
        html`
          <p class="soft">
            ${words.calls.lookedUpTo(moment(new Date(`${next.closedAt.replace(' ', 'T')}Z`)))}
          </p>
          <p>
            <a class="button" href=${`/calls?${queryOf(fields, spellCursor(next))}`}>${words.calls.older}</a>
          </p>
        `
      }
      ${next === null && html`<p class="soft">${words.calls.end}</p>`}
    </section>
  `;
}

function renderCallRow({ words, advice }: Visit, call: ShownCall): Content {
  const { closedAt, outcome, maskedPhone, durationMs, reason, node, callId, identity } = call;
  return html`
    <tr>
      <td class="time"><a href=${`/calls/${callId}`}>${moment(closedAt)}</a></td>
      <td>${outcomeName(advice, outcome)}</td>
      <td>
        ${maskedPhone || words.calls.noNumber}<br /><span class="soft"
          >${explainVerdict(advice, identity).name}</span
        >
      </td>
      <td class="number time">${words.seconds(durationMs)}</td>
      <td>${reasonName(advice, outcome, reason)}</td>
      <td>${node ?? words.none}</td>
    </tr>
  `;
}
