/** Every path through the call: what happens on it, how long it takes, and what it costs. */
import { callPaths } from '../../call/paths/call-paths.ts';
import { costOf, stepsOf, type CallPath, type PathSettings } from '../../call/paths/path-cost.ts';
import { html, renderScroll, type Content } from '../html.ts';
import type { Visit } from '../visit.ts';

/** @param lengthMs of what is live */
export function renderPaths(
  visit: Visit,
  settings: PathSettings,
  lengthMs: (sound: string) => number,
): Content {
  const { prompts } = visit.words;
  const { columns } = prompts;
  return html`
    <section class="card">
      <h2>${prompts.paths}</h2>
      <p>${prompts.pathsWhat}</p>
      ${settings.isFeeSaid === null && html`<p class="notice warn">${prompts.feeUnknown}</p>`}
      ${renderScroll(
        prompts.paths,
        html`
          <table>
            <thead>
              <tr>
                <th scope="col">${columns.path}</th>
                <th scope="col" class="number">${columns.usual}</th>
                <th scope="col" class="number">${columns.worst}</th>
                <th scope="col">${columns.limit}</th>
              </tr>
            </thead>
            <tbody>
              ${callPaths.map((path) => renderPath(visit, path, settings, lengthMs))}
            </tbody>
          </table>
        `,
      )}
    </section>
  `;
}

function renderPath(
  { words }: Visit,
  path: CallPath,
  settings: PathSettings,
  lengthMs: (sound: string) => number,
): Content {
  const { prompts } = words;
  const { usualMs, worstMs, usualVnd, worstVnd, isOver } = costOf(path, settings, lengthMs);
  const time = (ms: number, vnd: number) => html`
    <td class="number">${words.wholeSeconds(ms)}<br />${prompts.money(vnd)}</td>
  `;
  const { maxSeconds } = path;
  return html`
    <tr>
      <td class="path">
        <details>
          <summary>${shorten(path.led).map(prompts.led).join(' → ')}</summary>
          <p class="hint">${stepsOf(path, settings).map(prompts.step).join(' · ')}</p>
        </details>
      </td>
      ${time(usualMs, usualVnd)} ${time(worstMs, worstVnd)}
      <td>
        ${
          maxSeconds !== undefined &&
          html`<span class=${`state ${isOver ? 'down' : 'up'}`}
            >${isOver ? prompts.over(maxSeconds) : prompts.within(maxSeconds)}</span
          >`
        }
      </td>
    </tr>
  `;
}

/** `8` says nothing more where what was found after it follows. */
function shorten(led: readonly string[]): readonly string[] {
  return led[0] === '8' && led[1]?.startsWith('8, ') === true ? led.slice(1) : led;
}

/** How many paths play a sound. */
export function countPathsWith(name: string, settings: PathSettings): number {
  const step = name.startsWith('digits/') ? 'reading' : name;
  return callPaths.filter((path) => stepsOf(path, settings).includes(step)).length;
}
