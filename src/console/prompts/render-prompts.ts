/** The list of all prompts. */
import type { PromptFacts, StoreState } from '../../recordings/own/prompt-desk.ts';
import type { PathSettings } from '../../call/paths/path-cost.ts';
import { html, renderScroll, type Content } from '../html.ts';
import type { Visit } from '../visit.ts';
import { countPathsWith } from './render-paths.ts';

/** In an address: a digit's name has a slash. */
export function addressOf(name: string): string {
  return `/prompts/${name.replace('/', '-')}`;
}

/** What an address names. */
export function nameIn(address: string): string {
  return address.replace(/^digits-(?=\d$)/, 'digits/');
}

/** Why nothing can be recorded or put live, if so. */
export function renderStoreState({ words: { prompts } }: Visit, state: StoreState): Content {
  const notice = (text: string) => html`<p class="notice warn" role="status">${text}</p>`;
  return html`
    ${state.kind !== 'plays' && notice(`${prompts.notLive[state.kind](state.live)} ${state.why ?? ''}`.trim())}
    ${!state.hasSox && notice(prompts.noSox)}
  `;
}

export function renderPromptList(visit: Visit, all: readonly PromptFacts[], script: PathSettings): Content {
  const { columns, list } = visit.words.prompts;
  return html`
    <section class="card">
      <h2>${list}</h2>
      ${renderScroll(
        list,
        html`
          <table>
            <thead>
              <tr>
                <th scope="col">${columns.name}</th>
                <th scope="col">${columns.text}</th>
                <th scope="col" class="number">${columns.length}</th>
                <th scope="col" class="number">${columns.level}</th>
                <th scope="col">${columns.recording}</th>
                <th scope="col">${columns.listen}</th>
              </tr>
            </thead>
            <tbody>
              ${all.map((prompt) => renderPrompt(visit, prompt, script))}
            </tbody>
          </table>
        `,
      )}
    </section>
  `;
}

function renderPrompt({ words }: Visit, prompt: PromptFacts, script: PathSettings): Content {
  const { prompts } = words;
  const { name, text, lengthMs, levelDb, isOutdated } = prompt;
  return html`
    <tr>
      <th scope="row"><a href=${addressOf(name)}>${name}</a></th>
      <td class="words">
        <span lang="vi">${text ?? prompts.silence}</span><br />
        <span class="hint">${prompts.paths_(countPathsWith(name, script))}</span>
      </td>
      <td class="number">${words.seconds(lengthMs)}</td>
      <td class="number">${levelDb === null ? words.none : prompts.level(levelDb)}</td>
      <td>
        ${text !== undefined && recordingOf(words, prompt)}${isOutdated && html`<br /><span class="state warning">${prompts.outdated}</span>`}
      </td>
      <td>${text !== undefined && renderAudio(`${addressOf(name)}/live.wav`, prompts.listenTo(name))}</td>
    </tr>
  `;
}

export function recordingOf({ prompts }: Visit['words'], { version }: Pick<PromptFacts, 'version'>): string {
  return version === null ? prompts.program : prompts.ownVersion(version);
}

export function renderAudio(url: string, label: string): Content {
  return html`<audio controls preload="none" src=${url} aria-label=${label}></audio>`;
}
