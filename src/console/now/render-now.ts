/** The part of *Now* that is pushed. */
import { maxOpenCalls, type Live, type OpenCall } from '../../registry/live-figures.ts';
import { tellStep } from '../advice/tell-step.ts';
import { html, renderScroll, type Content } from '../html.ts';
import type { Snapshot } from '../live-feed.ts';
import type { ConsoleProcess, PartState } from '../parts.ts';
import { clock, moment } from '../times.ts';
import type { Visit } from '../visit.ts';
import { renderRate } from './render-rate.ts';

export function renderNow(visit: Visit, process: ConsoleProcess, snapshot: Snapshot): Content {
  const { words } = visit;
  const { live } = snapshot;
  return html`
    <p class="soft">${words.now.updated(clock(snapshot.takenAt))}</p>
    ${live === null && html`<p class="notice bad">${words.errors.away}</p>`}
    ${snapshot.secondsLeft !== null && html`<p class="notice warn">${words.now.draining(snapshot.secondsLeft)}</p>`}
    <div class="cards two">
      ${live !== null && renderToday(visit, live)} ${renderHealth(visit, process, snapshot)}
      ${renderCalls(visit, process, snapshot)} ${live !== null && renderRate(visit, live.minutes)}
      ${live !== null && renderNodes(visit, live)}
    </div>
  `;
}

function renderToday({ words }: Visit, { today }: Live): Content {
  const { now, count } = words;
  const all = Object.values(today.outcomes).reduce((sum, calls) => sum + calls, 0);
  const figures: [string, number][] = [
    [now.all, all],
    [now.changed, today.outcomes.changed ?? 0],
    [now.operators, today.operators],
    [now.refused, today.refused],
  ];
  return html`
    <section class="card">
      <h2>${now.today}</h2>
      <dl class="figures">
        ${figures.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${count(value)}</dd>
            </div>`,
        )}
      </dl>
    </section>
  `;
}

function renderHealth(visit: Visit, { hasGateway }: ConsoleProcess, { live, states }: Snapshot): Content {
  const { now } = visit.words;
  const rows: Content[] = states.map((state) => renderPartState(visit, state));
  if (live !== null) {
    const { waiting, dead } = live.outbox;
    rows.push(
      hasGateway
        ? renderState(visit, now.parts.outbox, dead > 0 ? 'warning' : 'up', now.outbox(waiting, dead))
        : renderState(visit, now.parts.outbox, 'unknown', now.outboxOff),
      renderState(
        visit,
        now.parts.audit,
        live.unsealedMs > longUnsealedMs ? 'warning' : 'up',
        live.unsealedMs === 0 ? '' : now.unsealed(Math.round(live.unsealedMs / 1000)),
      ),
    );
  }
  return html`
    <section class="card">
      <h2>${now.health}</h2>
      ${renderScroll(
        now.health,
        html`
          <table>
            <tbody>
              ${rows}
            </tbody>
          </table>
        `,
      )}
    </section>
  `;
}

/** Rows are sealed every 5 s. */
const longUnsealedMs = 60_000;

function renderPartState(visit: Visit, { part, state, why = '' }: PartState): Content {
  return renderState(visit, visit.words.now.parts[part], state, why);
}

type State = keyof Visit['words']['now']['states'];

function renderState({ words }: Visit, name: string, state: State, why: string): Content {
  return html`
    <tr>
      <th scope="row">${name}</th>
      <td><span class=${`state ${state}`}>${words.now.states[state]}</span></td>
      <td>${why}</td>
    </tr>
  `;
}

function renderCalls(visit: Visit, process: ConsoleProcess, { live, underWay }: Snapshot): Content {
  const { words } = visit;
  const { columns } = words.now;
  const own = new Set(underWay.map(({ callId }) => callId));
  const others = (live?.openCalls ?? []).filter(({ callId, instanceId }) => !own.has(callId) && instanceId !== process.instanceId); // prettier-ignore
  const listed = underWay.length + others.length;
  return html`
    <section class="card wide">
      <h2>${words.now.calls}: ${words.count(countCalls(live, listed))}</h2>
      ${
        listed === 0
          ? html`<p class="soft">${words.now.noCalls}</p>`
          : html`
              ${renderScroll(
                words.now.calls,
                html`
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">${columns.phone}</th>
                        <th scope="col" class="number">${columns.since}</th>
                        <th scope="col">${columns.step}</th>
                        <th scope="col">${columns.node}</th>
                      </tr>
                    </thead>
                    <tbody>
                      ${underWay.map(({ maskedPhone, sinceMs, step }) =>
                        renderCall(
                          visit,
                          maskedPhone,
                          sinceMs,
                          step === null ? '' : tellStep(visit.advice, step),
                          process.node,
                        ),
                      )}
                      ${others.map((call) => renderOther(visit, call, live!.at))}
                    </tbody>
                  </table>
                `,
              )}
            `
      }
    </section>
  `;
}

/** The database lists {@link maxOpenCalls} and counts all; it may not know the latest ones of this process yet. */
function countCalls(live: Live | null, listed: number): number {
  return live?.openCalls.length === maxOpenCalls ? Math.max(listed, live.openCallCount) : listed;
}

function renderOther(visit: Visit, { maskedPhone, openedAt, node }: OpenCall, now: Date): Content {
  return renderCall(visit, maskedPhone, now.getTime() - openedAt.getTime(), visit.words.now.elsewhere, node);
}

function renderCall({ words }: Visit, phone: string, sinceMs: number, step: string, node: string): Content {
  return html`
    <tr>
      <td>${phone || words.calls.noNumber}</td>
      <td class="number time">${words.wholeSeconds(sinceMs)}</td>
      <td>${step}</td>
      <td>${node}</td>
    </tr>
  `;
}

function renderNodes({ words }: Visit, { nodes }: Live): Content {
  const { now, count } = words;
  return html`
    <section class="card wide">
      <h2>${now.nodes}</h2>
      ${renderScroll(
        now.nodes,
        html`
          <table>
            <thead>
              <tr>
                <th scope="col">${now.node}</th>
                <th scope="col">${now.health}</th>
                <th scope="col">${now.started}</th>
                <th scope="col">${now.seen}</th>
                <th scope="col" class="number">${now.nodeCalls}</th>
              </tr>
            </thead>
            <tbody>
              ${nodes.map(
                ({ node, startedAt, seenMsAgo, isLost, openCalls }) => html`
                  <tr>
                    <th scope="row">${node}</th>
                    <td>
                      <span class=${`state ${isLost ? 'down' : 'up'}`}
                        >${isLost ? now.lostNode : now.states.up}</span
                      >
                    </td>
                    <td class="time">${moment(startedAt)}</td>
                    <td>${now.ago(Math.round(seenMsAgo / 1000))}</td>
                    <td class="number">${count(openCalls)}</td>
                  </tr>
                `,
              )}
            </tbody>
          </table>
        `,
      )}
    </section>
  `;
}
