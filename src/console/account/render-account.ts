/** One account: whether its password may be reset by phone, who has said so, and the form that changes it. */
import { phoneResetStates, type AccountBlock } from '../../registry/account-blocks.ts';
import { html, type Content } from '../html.ts';
import { moment } from '../times.ts';
import { mayAct, type Visit } from '../visit.ts';

/** What an admin has typed, which could not be saved. */
export interface Draft {
  readonly state: string;
  readonly reason: string;
}

export function renderAccount(visit: Visit, bhxhCode: string, block: AccountBlock, draft?: Draft): Content {
  const { account } = visit.words;
  const { state, since, by, reason } = block;
  const facts: [string, string | null][] = [
    [account.since, since && moment(since)],
    [account.by, by],
    [account.reason, reason],
  ];
  return html`
    <section class="card">
      <h2>${account.state}</h2>
      <p>
        <span class=${`state ${state === 'allowed' ? 'up' : state === 'blocked' ? 'down' : 'warning'}`}
          >${account.states[state]}</span
        >
      </p>
      <dl class="facts">
        ${facts.map(
          ([name, value]) =>
            value !== null &&
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
      ${mayAct(visit.officer!.role, 'admin') ? renderChange(visit, bhxhCode, block, draft) : html`<p class="notice warn">${account.adminOnly}</p>`}
    </section>
  `;
}

/** Which state of the account a form was made from, for a field of it: `since`, or that it is as from the beginning. */
function spellSeen({ since }: AccountBlock): string {
  return since?.toISOString() ?? 'first';
}

/** As {@link spellSeen} wrote it; undefined: it did not. */
export function readSeen(text: string): Date | null | undefined {
  if (text === 'first') return null;
  const since = new Date(text);
  return Number.isNaN(since.getTime()) ? undefined : since;
}

function renderChange(
  { words: { account }, formToken }: Visit,
  bhxhCode: string,
  block: AccountBlock,
  { state: chosen, reason }: Draft = { state: block.state, reason: '' },
): Content {
  return html`
    <h3>${account.change}</h3>
    <form class="plain" method="post" action="/account/change" autocomplete="off">
      <input type="hidden" name="_csrf" value=${formToken} />
      <input type="hidden" name="code" value=${bhxhCode} />
      <input type="hidden" name="seen" value=${spellSeen(block)} />
      <fieldset class="field">
        <legend class="label">${account.state}</legend>
        ${phoneResetStates.map(
          (state) => html`
            <label class="choice">
              <input type="radio" name="state" value=${state} checked=${state === chosen} required />
              <span
                >${account.states[state]}<br /><span class="hint">${account.stateHints[state]}</span></span
              >
            </label>
          `,
        )}
      </fieldset>
      <div class="field">
        <label for="reason">${account.reason}</label>
        <input
          id="reason"
          name="reason"
          value=${reason}
          minlength="3"
          maxlength="200"
          required
          aria-describedby="reason-hint"
        />
        <p class="hint" id="reason-hint">${account.reasonHint}</p>
      </div>
      <button>${account.save}</button>
    </form>
  `;
}
