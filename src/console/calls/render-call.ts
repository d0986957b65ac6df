/** One call, as an officer needs it on the phone: the outcome first, then what to say, then the details. */
import { mayStillGetSteps, type ShownCall } from '../../registry/shown-call.ts';
import { adviceFor, explainVerdict, outcomeName, reasonName } from '../advice/advice.ts';
import { html, type Content } from '../html.ts';
import { moment } from '../times.ts';
import type { Visit } from '../visit.ts';
import { renderSteps, renderTimeline } from './timeline.ts';

export function renderCall(visit: Visit, call: ShownCall): Content {
  return html`
    <div class="cards">${renderOutcome(visit, call)} ${renderFacts(visit, call)}</div>
    ${renderCourse(visit, call)}
  `;
}

function renderOutcome({ words, advice }: Visit, call: ShownCall): Content {
  const { outcome, reason, branch } = call;
  const told = adviceFor(advice, outcome, reason, branch);
  return html`
    <section class="card">
      <h2>${outcomeName(advice, outcome)}</h2>
      <p>${reasonName(advice, outcome, reason)}</p>
      ${outcome === 'changed' && html`<p><strong>${spellValidity(words, call.validUntil)}</strong></p>`}
      ${
        told !== null &&
        html`
          <h3>${words.call.happened}</h3>
          <p>${told.happened}</p>
          <h3>${words.call.say}</h3>
          <p>${told.say}</p>
          ${
            !isExpired(call) &&
            html`<h3>${words.call.password}</h3>
              <p>${told.password}</p>`
          }
        `
      }
      ${renderAlso({ words, advice }, call)}
    </section>
  `;
}

/** Then neither the new password works, nor the one before. */
function isExpired({ validUntil }: Pick<ShownCall, 'validUntil'>): boolean {
  return validUntil !== null && validUntil.getTime() <= Date.now();
}

function spellValidity({ call }: Visit['words'], validUntil: Date | null): string {
  if (validUntil === null) return call.noExpiry;
  return isExpired({ validUntil }) ? call.expired(moment(validUntil)) : call.validUntil(moment(validUntil));
}

/** What the outcome does not say, and a citizen complains about: a caller who hung up may have heard a refusal first. */
function renderAlso(
  { words, advice }: Pick<Visit, 'words' | 'advice'>,
  { outcome, mismatches, steps }: ShownCall,
): Content {
  if (outcome === 'changed' || outcome === 'mismatch' || outcome === 'limited') return null;
  const { noMatch, tooManyMismatches } = advice.situations;
  const isOver = steps?.some((step) => 'kind' in step && step.detail === 'phone-over') === true;
  const said = [
    ...(isOver ? [`${tooManyMismatches.happened} ${tooManyMismatches.say}`] : []),
    ...(mismatches > 0 ? [`${words.call.facts.mismatches}: ${words.count(mismatches)}. ${noMatch.say}`] : []),
  ];
  return (
    said.length > 0 &&
    html`<h3>${words.call.also}</h3>
      ${said.map((sentence) => html`<p>${sentence}</p>`)}`
  );
}

function renderFacts({ words, advice }: Visit, call: ShownCall): Content {
  const names = words.call.facts;
  const verdict = explainVerdict(advice, call.identity);
  const facts: [string, Content][] = [
    [names.phone, call.maskedPhone || words.calls.noNumber],
    [names.identity, html`${verdict.name}<br /><span class="soft">${verdict.means}</span>`],
    [names.branch, call.branch ?? words.none],
    [names.began, call.openedAt === null ? words.none : moment(call.openedAt)],
    [names.ended, moment(call.closedAt)],
    [names.length, words.seconds(call.durationMs)],
    [names.mismatches, words.count(call.mismatches)],
    [names.silences, words.count(call.silences)],
    [names.incomplete, words.count(call.incompleteCodes)],
    [names.reading, call.readingBegun ? words.yes : words.no],
    [names.node, call.node ?? words.none],
    [names.id, html`<code>${call.callId}</code>`],
    [names.seal, call.batch === null ? words.call.unsealed : words.call.batch(call.batch)],
  ];
  return html`
    <section class="card">
      <h2>${words.call.details}</h2>
      <dl class="facts">
        ${facts.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
    </section>
  `;
}

function renderCourse(visit: Visit, shown: ShownCall): Content {
  const { steps = null, callId } = shown;
  const { call } = visit.words;
  if (steps === null)
    return html`<section class="card">
      <h2>${call.timeline}</h2>
      <p class="soft">${mayStillGetSteps(shown) ? call.stepsToCome : call.noSteps}</p>
    </section>`;
  return html`
    <section class="card">
      <h2>${call.timeline}</h2>
      <p class="hint">${call.keysAreDots}</p>
      <div class="scroll wide-picture" tabindex="0" role="region" aria-label=${call.timeline}>
        ${renderTimeline(visit, call.timeline, steps)}
      </div>
      <p><a class="button quiet" href=${`/calls/${callId}/timeline.svg`} download>${call.save}</a></p>
      <details>
        <summary>${call.steps}</summary>
        ${renderSteps(visit, steps)}
      </details>
    </section>
  `;
}
