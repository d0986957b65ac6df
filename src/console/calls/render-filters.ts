/** The filters of the list of calls, as a form. */
import { html, type Content } from '../html.ts';
import { day } from '../times.ts';
import type { Visit } from '../visit.ts';
import { spellMinute, type CallFields } from './filters.ts';

export function renderFilters(
  { words, advice }: Visit,
  fields: CallFields,
  nodes: readonly string[],
): Content {
  const { calls } = words;
  const field = (name: 'from' | 'to' | 'fromTime' | 'toTime' | 'min' | 'max', input: Content) => html`
    <div class="field"><label for=${name}>${calls[name]}</label>${input}</div>
  `;
  const date = (name: 'from' | 'to') =>
    field(
      name,
      html`<input id=${name} name=${name} type="date" value=${fields[name] && day(fields[name])} />`,
    );
  const time = (name: 'fromTime' | 'toTime') =>
    field(name, html`<input id=${name} name=${name} type="time" value=${spellMinute(fields[name])} />`);
  const seconds = (name: 'min' | 'max') =>
    field(
      name,
      html`<input id=${name} name=${name} type="number" min="0" max="99999" value=${fields[name]} />`,
    );
  return html`
    <form class="card" action="/calls">
      <h2>${calls.filters}</h2>
      <div class="fields">
        <div class="field">
          <label for="outcome">${calls.outcome}</label>
          <select id="outcome" name="outcome">
            ${renderOptions(calls.any, Object.entries(advice.outcomes), fields.outcome)}
          </select>
        </div>
        ${date('from')} ${time('fromTime')} ${date('to')} ${time('toTime')} ${seconds('min')}
        ${seconds('max')}
        <div class="field">
          <label for="node">${calls.node}</label>
          <select id="node" name="node">
            ${renderOptions(
              calls.any,
              nodes.map((node) => [node, node] as const),
              fields.node,
            )}
          </select>
        </div>
        <button>${calls.show}</button>
        <a class="button quiet" href="/calls">${calls.all}</a>
      </div>
      <p class="hint">${calls.timesHint}</p>
    </form>
  `;
}

/** @param any the first one, which chooses none */
function renderOptions(
  any: string,
  names: readonly (readonly [string, string])[],
  chosen: string | undefined,
): Content {
  return html`
    <option value="">${any}</option>
    ${names.map(([value, name]) => html`<option value=${value} selected=${value === chosen}>${name}</option>`)}
  `;
}
