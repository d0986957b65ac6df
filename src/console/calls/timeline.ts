/**
 * One call as a picture to scale: a lane each for caller, hotline, database and PBX, time from left to right. It is
 * whole by itself, so that it can be saved as a file; on a page, classes of the stylesheet colour it for the dark.
 */
import { laneOf, type CallStep, type OmittedSteps } from '../../registry/call-steps.ts';
import { tellStep } from '../advice/tell-step.ts';
import { html, renderScroll, type Content } from '../html.ts';
import type { Visit } from '../visit.ts';
import { spansOf, type Lane, type Span } from './spans.ts';

const lanes: readonly Lane[] = ['caller', 'hotline', 'database', 'pbx'];

const width = 1120;
/** Names of lanes. */
const left = 96;
const right = 16;
const top = 28;
const rowHeight = 24;
const lanePadding = 6;
/** Of a letter of 12 px, on average; wide enough for Vietnamese. */
const letter = 6.6;

/** A span with its place in its lane. */
interface Placed extends Span {
  readonly x: number;
  readonly width: number;
  readonly row: number;
  readonly label: string;
}

/** @param steps in order of time */
export function renderTimeline(
  visit: Visit,
  title: string,
  steps: readonly (CallStep | OmittedSteps)[],
): Content {
  const spans = spansOf(steps);
  const endMs = Math.max(1000, ...spans.map(({ toMs }) => toMs));
  const scale = (width - left - right) / endMs;
  const placed = place(visit, spans, scale);
  const heights = lanes.map((lane) => laneHeight(placed, lane));
  const tops = heights.map((_, at) => top + heights.slice(0, at).reduce((sum, height) => sum + height, 0));
  const height = top + heights.reduce((sum, one) => sum + one, 0) + 8;
  return html`
    <svg
      xmlns="http://www.w3.org/2000/svg"
      class="timeline"
      viewBox=${`0 0 ${width} ${height}`}
      width=${width}
      height=${height}
      font-family="system-ui, sans-serif"
      font-size="12"
      role="img"
      aria-label=${title}
    >
      <rect class="paper" width=${width} height=${height} fill="#ffffff" />
      ${secondsOf(endMs).map((second) => renderTick(left + second * 1000 * scale, second, height))}
      ${lanes.map((lane, at) => renderLane(visit.words.call.lanes[lane], tops[at]!, heights[at]!))}
      ${placed.map((span) => renderSpan(span, tops[lanes.indexOf(span.lane)]! + lanePadding + span.row * rowHeight))}
    </svg>
  `;
}

/** Each as high in its lane as it finds room, since labels are longer than many spans. */
function place({ advice }: Visit, spans: readonly Span[], scale: number): Placed[] {
  const ends = new Map<Lane, number[]>(lanes.map((lane) => [lane, []]));
  return spans.map((span) => {
    const x = left + span.fromMs * scale;
    const spanWidth = Math.max(3, (span.toMs - span.fromMs) * scale);
    const label =
      span.keys > 1 ? `${tellStep(advice, span.step)} ×${span.keys}` : tellStep(advice, span.step);
    const end = Math.min(x, labelStart(x, label)) + Math.max(spanWidth, label.length * letter + 8);
    const rows = ends.get(span.lane)!;
    const free = rows.findIndex((taken) => taken <= Math.min(x, labelStart(x, label)));
    const row = free === -1 ? rows.length : free;
    rows[row] = end + 6;
    return { ...span, x, width: spanWidth, row, label };
  });
}

/** A label that would leave the picture ends at its edge. */
function labelStart(x: number, label: string): number {
  return Math.max(left, Math.min(x + 5, width - right - label.length * letter));
}

function laneHeight(placed: readonly Placed[], lane: Lane): number {
  const rows = placed.filter((span) => span.lane === lane).map(({ row }) => row + 1);
  return 2 * lanePadding + Math.max(1, ...rows) * rowHeight;
}

function renderTick(x: number, second: number, height: number): Content {
  return html`
    <line class="tick" x1=${x} x2=${x} y1=${top - 6} y2=${height - 8} stroke="#d5dedb" />
    <text class="soft-text" x=${x + 3} y="14" fill="#51605b">${second} s</text>
  `;
}

function renderLane(name: string, y: number, height: number): Content {
  return html`
    <line class="tick" x1="0" x2=${width} y1=${y} y2=${y} stroke="#7d8f89" />
    <text class="lane" x="4" y=${y + Math.min(22, height / 2 + 5)} font-weight="600" fill="#17211e"
      >${name}</text
    >
  `;
}

function renderSpan({ x, width: spanWidth, label, tone, keys, keyTimes }: Placed, y: number): Content {
  const fill = { good: '#17724a', bad: '#b3261e', plain: '#0b6b57', soft: '#7d8f89' }[tone];
  return html`
    <g>
      <title>${label}</title>
      ${
        keys > 0
          ? keyTimes.map(
              (at) =>
                html`<circle
                  class=${`mark-${tone}`}
                  cx=${x + spanWidth * at}
                  cy=${y + 4}
                  r="3.2"
                  fill=${fill}
                />`,
            )
          : html`<rect
              class=${`mark-${tone}`}
              x=${x}
              y=${y}
              width=${spanWidth}
              height="8"
              rx="2"
              fill=${fill}
            />`
      }
      <text class="span-label" x=${labelStart(x, label)} y=${y + 20} fill="#17211e">${label}</text>
    </g>
  `;
}

/** At most about twelve, at round seconds. */
function secondsOf(endMs: number): number[] {
  const every = [1, 2, 5, 10, 15, 30, 60, 120].find((step) => endMs / 1000 / step <= 12) ?? 300;
  return Array.from({ length: Math.floor(endMs / 1000 / every) + 1 }, (_, at) => at * every);
}

/** For people who cannot see the picture, and to copy from. */
export function renderSteps({ words, advice }: Visit, steps: readonly (CallStep | OmittedSteps)[]): Content {
  const { call } = words;
  return html`
    ${renderScroll(
      call.steps,
      html`
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">${call.at}</th>
              <th scope="col">${call.who}</th>
              <th scope="col">${call.what}</th>
              <th scope="col" class="number">${call.took}</th>
            </tr>
          </thead>
          <tbody>
            ${steps.map(
              (step) => html`
                <tr>
                  <td class="number time">${words.seconds(step.atMs)}</td>
                  <td>${'kind' in step ? call.lanes[laneOf[step.kind]] : ''}</td>
                  <td>${tellStep(advice, step)}</td>
                  <td class="number time">${'tookMs' in step ? `${step.tookMs} ms` : ''}</td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      `,
    )}
  `;
}
