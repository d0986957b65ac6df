/** Calls a minute: a bar for each, and the same as a table. */
import type { MinuteOfCalls } from '../../registry/live-figures.ts';
import { html, type Content } from '../html.ts';
import { clock } from '../times.ts';
import type { Visit } from '../visit.ts';

const width = 1080;
const height = 150;
/** Below the bars, for the times. */
const axis = 20;

export function renderRate({ words }: Visit, minutes: readonly MinuteOfCalls[]): Content {
  const { now, count } = words;
  const busy = minutes.filter(({ calls, refused }) => calls + refused > 0);
  return html`
    <section class="card wide">
      <h2>${now.perMinute}</h2>
      ${renderMinutes(minutes, now.perMinute)}
      <details>
        <summary>${now.perMinuteTable}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">${now.minute}</th>
              <th scope="col" class="number">${now.callsColumn}</th>
              <th scope="col" class="number">${now.refused}</th>
            </tr>
          </thead>
          <tbody>
            ${busy.map(
              ({ at, calls, refused }) =>
                html`<tr>
                  <td>${clock(at).slice(0, 5)}</td>
                  <td class="number">${count(calls)}</td>
                  <td class="number">${count(refused)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </details>
    </section>
  `;
}

function renderMinutes(minutes: readonly MinuteOfCalls[], label: string): Content {
  const most = Math.max(1, ...minutes.map(({ calls, refused }) => calls + refused));
  const step = width / Math.max(1, minutes.length);
  const scale = (calls: number) => (calls / most) * (height - axis - 16);
  const bar = (at: number, calls: number, below: number, name: string) =>
    calls > 0 &&
    html`<rect
      class=${name}
      x=${at * step + 1}
      y=${height - axis - scale(calls) - scale(below)}
      width=${step - 2}
      height=${scale(calls)}
    />`;
  return html`<div class="plot-frame" tabindex="0" role="region" aria-label=${label}>
    <svg class="minutes" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label}>
      <text class="mark" x="0" y="12">${most}</text>
      <line class="base" x1="0" x2=${width} y1=${height - axis} y2=${height - axis} />
      ${minutes.map(({ calls, refused }, at) => [bar(at, calls, 0, 'served'), bar(at, refused, calls, 'refused')])}
      ${minutes
        .filter((_, at) => at % 15 === 0)
        .map(
          ({ at }, index) =>
            html`<text class="mark" x=${index * 15 * step} y=${height - 4}>${clock(at).slice(0, 5)}</text>`,
        )}
    </svg>
  </div> `;
}
