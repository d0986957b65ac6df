/** The versions of a prompt, to hear and see beside each other. */
import type { PromptHistory, StoreState } from '../../recordings/own/prompt-desk.ts';
import type { Version } from '../../recordings/own/versions.ts';
import { html, renderScroll, type Content } from '../html.ts';
import { moment } from '../times.ts';
import type { Visit } from '../visit.ts';
import { addressOf, renderAudio } from './render-prompts.ts';
import { renderWaveform } from './waveform.ts';

/** Samples of what is live, and of each version, by its number. */
export interface Sounds {
  readonly live: Buffer;
  readonly versions: ReadonlyMap<number, Buffer>;
}

export function renderPutLive(visit: Visit, name: string, version: number | null, label: string): Content {
  return html`
    <form class="plain" method="post" action=${`${addressOf(name)}/live`}>
      <input type="hidden" name="_csrf" value=${visit.formToken} />
      <input type="hidden" name="version" value=${version ?? 'program'} />
      <button class="quiet">${label}</button>
    </form>
  `;
}

interface Row {
  readonly version: number | null;
  readonly made: Content;
  readonly lengthMs: number | null;
  readonly picture: Content;
}

export function renderVersions(
  visit: Visit,
  prompt: PromptHistory,
  state: StoreState,
  { versions: samples }: Sounds,
  longestMs: number,
): Content {
  const { prompts } = visit.words;
  const { columns } = prompts;
  const pictureOf = ({ number, lengthMs }: Version) => {
    const label = prompts.waveform(prompts.ownVersion(number));
    return renderWaveform(samples.get(number) ?? Buffer.alloc(0), lengthMs, longestMs, label);
  };
  const rows: Row[] = prompt.versions.map((version) => ({
    version: version.number,
    made: renderMade(visit, prompt, version),
    lengthMs: version.lengthMs,
    picture: pictureOf(version),
  }));
  rows.push({ version: null, made: prompts.program, lengthMs: null, picture: null });
  const head = [columns.version, columns.made, columns.length, columns.listen, columns.act];
  return html`
    <section class="card">
      <h2>${prompts.versions}</h2>
      ${prompt.versions.length === 0 && html`<p>${prompts.noVersions}</p>`}
      ${renderScroll(
        prompts.versions,
        html`
          <table>
            <thead>
              <tr>
                ${head.map((title) => html`<th scope="col">${title}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${rows.map((row) => renderRow(visit, prompt, state, row))}
            </tbody>
          </table>
        `,
      )}
    </section>
  `;
}

function renderMade(
  { words: { prompts } }: Visit,
  { text }: PromptHistory,
  { by, at, says }: Version,
): Content {
  return html`
    ${by}<br />${moment(new Date(at))}
    ${says !== text && html`<br /><span class="hint">${prompts.otherWords(says)}</span>`}
  `;
}

function renderRow(
  visit: Visit,
  prompt: PromptHistory,
  state: StoreState,
  { version, made, lengthMs, picture }: Row,
): Content {
  const { words } = visit;
  const { prompts } = words;
  const isLive = prompt.version === version;
  const label = prompts.listenTo(version === null ? prompts.program : prompts.ownVersion(version));
  return html`
    <tr>
      <th scope="row">
        ${version ?? prompts.program} ${isLive && html`<br /><span class="state up">${prompts.live}</span>`}
      </th>
      <td>${made}</td>
      <td class="number">${lengthMs === null ? words.none : words.seconds(lengthMs)}</td>
      <td>${picture} ${renderAudio(`${addressOf(prompt.name)}/${version ?? 'program'}.wav`, label)}</td>
      <td>
        ${state.kind === 'plays' && !isLive && renderPutLive(visit, prompt.name, version, prompts.putLive)}
      </td>
    </tr>
  `;
}
