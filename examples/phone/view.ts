/** What the page shows, from its state alone. */
import { html, type Content } from '../../src/console/html.ts';
import type { Caption } from './captions.ts';
import { clockOf, costOf } from './cost.ts';
import type { CallEnd } from './call-end.ts';
import type { PhoneSettings } from './settings.ts';
import type { PhoneWords } from './words/vi.ts';

export interface PhoneState {
  readonly status: 'idle' | 'calling' | 'talking' | 'ended';
  /** How the last call ended. */
  readonly end: CallEnd;
  /** Endpoint of who calls. */
  readonly user: string;
  readonly talkedMs: number;
  readonly captions: readonly Caption[];
  readonly microphone: 'asked' | 'refused' | 'missing';
  /** 0 to 100. */
  readonly volume: number;
  readonly canCaption: boolean;
}

export interface PhoneActs {
  readonly call: () => void;
  readonly hangUp: () => void;
  readonly press: (key: string) => void;
  readonly choose: (user: string) => void;
  readonly setVolume: (volume: number) => void;
}

const keys = [...'123456789*0#'];

export function renderPhone(
  state: PhoneState,
  { callers, texts, hasLogin }: Pick<PhoneSettings, 'callers' | 'texts' | 'hasLogin'>,
  words: PhoneWords,
  acts: PhoneActs,
): Content {
  const { status, microphone, canCaption } = state;
  return html`
    ${microphone !== 'asked' && html`<p class="notice warn" role="status">${words.microphone[microphone]}</p>`}
    ${!canCaption && html`<p class="notice warn">${words.noCaptions}</p>`}
    <div class="phone">
      <section class="card" aria-label=${words.title}>
        <label for="caller">${words.caller}</label>
        <select
          id="caller"
          value=${state.user}
          disabled=${isBusy(status)}
          onChange=${(event: Changed) => acts.choose(event.currentTarget.value)}
        >
          ${callers.map(
            ({ user, phone }) => html` <option value=${user}>${phone ?? words.withheld}</option> `,
          )}
        </select>
        <p class="hint">${words.codes(callers.find(({ user }) => user === state.user)?.codes ?? [])}</p>
        <p class="acts">
          <button type="button" id="call" aria-disabled=${isBusy(status)} onClick=${acts.call}>
            ${words.call}
          </button>
          <button
            type="button"
            id="hang-up"
            class="danger"
            aria-disabled=${!isBusy(status)}
            onClick=${acts.hangUp}
          >
            ${words.hangUp}
          </button>
        </p>
        ${renderStatus(state, words)} ${hasLogin && mayHaveHeardPassword(state) && renderLogin(words)}
        <h2 id="keypad-title">${words.keypad}</h2>
        <div class="keypad" role="group" aria-labelledby="keypad-title">
          ${keys.map(
            (key) => html`
              <button
                type="button"
                class="quiet"
                aria-label=${words.keyName(key)}
                aria-disabled=${status !== 'talking'}
                onClick=${() => acts.press(key)}
              >
                ${key}
              </button>
            `,
          )}
        </div>
        <p class="hint">${words.keyHint}</p>
        <label for="volume">${words.volume}</label>
        <input
          type="range"
          id="volume"
          min="0"
          max="100"
          value=${state.volume}
          onInput=${(event: Changed) => acts.setVolume(Number(event.currentTarget.value))}
        />
      </section>
      <section class="card" aria-labelledby="captions-title">
        <h2 id="captions-title">${words.captions}</h2>
        <p class="hint">${words.captionsHint}</p>
        ${state.captions.length === 0 && html`<p class="soft">${words.nothingYet}</p>`}
        <div role="log" aria-live="polite" aria-labelledby="captions-title">
          <ol id="captions">
            ${state.captions.map((line) => renderCaption(line, texts, words))}
          </ol>
        </div>
      </section>
    </div>
  `;
}

/** The part of a browser's event that is read here. */
interface Changed {
  readonly currentTarget: { readonly value: string };
}

const isBusy = (status: PhoneState['status']) => status === 'calling' || status === 'talking';

function renderStatus({ status, end, talkedMs }: PhoneState, words: PhoneWords): Content {
  const said = status === 'ended' ? endingOf(end, words) : words.statuses[status];
  return html`
    <p id="status" class="state-line" role="status" data-status=${status}>${said}</p>
    <dl class="figures">
      <div>
        <dt>${words.time}</dt>
        <dd id="time">${clockOf(talkedMs)}</dd>
      </div>
      <div>
        <dt>${words.cost}</dt>
        <dd id="cost">${words.money(costOf(talkedMs))}</dd>
      </div>
    </dl>
    <p class="hint">${words.costHint}</p>
  `;
}

/** Without captions the page does not know; the caller does. */
function mayHaveHeardPassword({ status, captions, canCaption }: PhoneState): boolean {
  return status === 'ended' && (!canCaption || captions.some(({ kind }) => kind === 'digits'));
}

/** In a window of its own: the captions, which have the password, stay. */
function renderLogin(words: PhoneWords): Content {
  return html`
    <p><a id="login" href=${words.loginPage} target="_blank" rel="noopener">${words.logIn}</a></p>
  `;
}

function endingOf(end: CallEnd, words: PhoneWords): string {
  return end === 'you' || end === 'hotline' ? words.statuses.ended[end] : words.failures[end];
}

function renderCaption(
  { kind, text, isCutOff = false }: Caption,
  texts: PhoneSettings['texts'],
  words: PhoneWords,
): Content {
  const said = {
    prompt: () => `«${texts[text] || text}»${isCutOff ? ` ${words.cutOff}` : ''}`,
    digits: () => words.digits([...text].join(' ')),
    keyed: () => words.keyed([...text].join(' ')),
    unknown: () => words.unknownSound,
  }[kind]();
  return html`
    <li class=${kind} data-said=${text}><b>${kind === 'keyed' ? words.you : words.hotline}</b> ${said}</li>
  `;
}
