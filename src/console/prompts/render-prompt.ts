/** One prompt: what callers hear, its versions, and a new recording. */
import type { PromptHistory, StoreState } from '../../recordings/own/prompt-desk.ts';
import type { PathSettings } from '../../call/paths/path-cost.ts';
import { html, type Content } from '../html.ts';
import { moment } from '../times.ts';
import type { Visit } from '../visit.ts';
import { countPathsWith } from './render-paths.ts';
import { addressOf, recordingOf, renderAudio } from './render-prompts.ts';
import { renderUpload } from './render-upload.ts';
import { renderPutLive, renderVersions, type Sounds } from './render-versions.ts';
import { renderWaveform } from './waveform.ts';

export function renderPrompt(
  visit: Visit,
  prompt: PromptHistory,
  { state, sounds, script }: { state: StoreState; sounds: Sounds; script: PathSettings },
): Content {
  const { words } = visit;
  const { prompts } = words;
  const { name, text, when, lengthMs, levelDb, version, isOutdated, versions } = prompt;
  const longestMs = Math.max(lengthMs, ...versions.map((each) => each.lengthMs));
  return html`
    <section class="card">
      <h2>${prompts.heardNow}</h2>
      <p class="spoken" lang="vi">«${text ?? prompts.silence}»</p>
      <dl class="facts">
        <dt>${prompts.when}</dt>
        <dd lang="en">${when}</dd>
        <dt>${prompts.usedIn}</dt>
        <dd>${prompts.paths_(countPathsWith(name, script))}</dd>
        <dt>${prompts.columns.length}</dt>
        <dd>${words.seconds(lengthMs)}</dd>
        <dt>${prompts.columns.level}</dt>
        <dd>${levelDb === null ? words.none : prompts.level(levelDb)}</dd>
        <dt>${prompts.columns.recording}</dt>
        <dd>${recordingOf(words, { version })}</dd>
      </dl>
      ${isOutdated && html`<p class="notice warn">${prompts.outdated}</p>`}
      ${renderWaveform(sounds.live, lengthMs, longestMs, prompts.waveform(prompts.live))}
      ${renderAudio(`${addressOf(name)}/live.wav`, prompts.listenTo(prompts.live))}
      ${text !== undefined && renderRollBack(visit, prompt, state)}
    </section>
    ${
      text !== undefined &&
      html`${renderVersions(visit, prompt, state, sounds, longestMs)} ${renderUpload(visit, prompt, state)}`
    }
    ${renderChanges(visit, prompt)}
    <p><a class="button quiet" href="/prompts">${prompts.back}</a></p>
  `;
}

/** One click: what was live before the last change. */
function renderRollBack(visit: Visit, prompt: PromptHistory, state: StoreState): Content {
  const [last, before] = prompt.changes;
  if (last === undefined || state.kind === 'fixed') return null;
  return renderPutLive(visit, prompt.name, before?.version ?? null, visit.words.prompts.rollBack);
}

function renderChanges({ words }: Visit, { changes }: PromptHistory): Content {
  const { prompts } = words;
  if (changes.length === 0) return null;
  return html`
    <section class="card">
      <h2>${prompts.changes}</h2>
      <ul>
        ${changes.map(({ by, at, version }) => html`<li>${prompts.change(by, moment(new Date(at)), recordingOf(words, { version }))}</li>`)}
      </ul>
    </section>
  `;
}
