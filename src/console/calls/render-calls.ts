/** The list of calls, and the search for one person's. */
import { spellCursor, type ArchivePage } from '../../registry/call-archive.ts';
import { isOtherBranch } from '../../registry/call-stage.ts';
import type { ShownCall } from '../../registry/shown-call.ts';
import { explainVerdict, outcomeName, reasonName } from '../advice/advice.ts';
import { html, renderScroll, type Content } from '../html.ts';
import { moment } from '../times.ts';
import type { Search, Visit } from '../visit.ts';
import { queryOf, type CallFields } from './filters.ts';

/** What was typed into the search, and could not be searched for. */
export interface TypedSearch {
  readonly kind: string;
  readonly sought: string;
}

export function renderSearch(
  { words, formToken }: Visit,
  search: Search | undefined,
  typed?: TypedSearch,
): Content {
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
            <option value="code" selected=${typed?.kind === 'code'}>${calls.code}</option>
          </select>
        </div>
        <div class="field">
          <label for="sought">${calls.sought}</label>
          <input
            id="sought"
            name="sought"
            value=${typed?.sought}
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

export function renderCallList(
  visit: Visit,
  { calls, next }: ArchivePage,
  fields: CallFields,
  search: Search | undefined,
): Content {
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
      ${renderEnd(visit, { calls, next }, fields, search)}
    </section>
  `;
}

/** The way to older calls, or that there are none. */
function renderEnd(
  { words }: Visit,
  { calls, next }: ArchivePage,
  fields: CallFields,
  search: Search | undefined,
): Content {
  if (next === null && calls.length === 0)
    return search !== undefined && html`<p>${words.calls.notFound[search.kind]}</p>`;
  if (next === null) return html`<p class="soft">${words.calls.end}</p>`;
  return html`
    <p class="soft">${words.calls.lookedUpTo(moment(new Date(`${next.closedAt.replace(' ', 'T')}Z`)))}</p>
    <p>
      <a class="button" href=${`/calls?${queryOf(fields, spellCursor(next))}`}>${words.calls.older}</a>
    </p>
  `;
}

function renderCallRow({ words, advice }: Visit, call: ShownCall): Content {
  const { closedAt, branch, outcome, maskedPhone, durationMs, reason, node, callId, identity } = call;
  return html`
    <tr>
      <td class="time"><a href=${`/calls/${callId}`}>${moment(closedAt)}</a></td>
      <td>
        ${outcomeName(advice, outcome)}
        ${isOtherBranch(branch) && html`<br /><span class="soft">${branch}</span>`}
      </td>
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
