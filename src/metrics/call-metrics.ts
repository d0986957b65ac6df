/** What is counted of calls. Every label is a word of a closed vocabulary. */
import { Counter, Histogram, type Registry } from '@prometheus-io/client';
import { listen } from '../measured.ts';
import { laneOf, type StepKind } from '../registry/call-steps.ts';
import { callBuckets, silenceBuckets, stepBuckets, seconds } from './buckets.ts';

/** Words that are shown as 0 before they first happen, so that a rate knows the first one. */
export interface KnownWords {
  readonly outcomes: readonly string[];
  readonly refusals: readonly string[];
  readonly limits: readonly string[];
  readonly menuEvents: readonly string[];
  readonly exits: readonly string[];
}

/** Counts until the returned functions are called. */
export function countCalls(registers: [Registry], known: KnownWords): (() => void)[] {
  return [
    ...countEndings(registers, known),
    ...countMenu(registers, known),
    ...measureSteps(registers, known),
  ];
}

function countEndings(registers: [Registry], { outcomes, refusals, limits }: KnownWords): (() => void)[] {
  const calls = new Counter({
    name: 'hotline_calls_total',
    help: 'Calls that reached the application and have ended, and calls back, by outcome (docs/glossary.md).',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  for (const outcome of outcomes) for (const kind of ['call', 'call-back']) calls.inc({ kind, outcome }, 0);
  const lengths = new Histogram({
    name: 'hotline_call_duration_seconds',
    help: 'How long calls were in the application.',
    labelNames: ['kind'],
    buckets: callBuckets,
    registers,
  });
  const refused = new Counter({
    name: 'hotline_calls_refused_total',
    help: 'Calls that were sent back to the dialplan at once.',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of refusals) refused.inc({ reason }, 0);
  const met = new Counter({
    name: 'hotline_limits_met_total',
    help: 'Calls that met a limit across calls.',
    labelNames: ['limit'],
    registers,
  });
  for (const limit of limits) met.inc({ limit }, 0);
  return [
    listen('call', ({ kind, outcome, reason, ms }) => {
      calls.inc({ kind, outcome });
      lengths.observe({ kind }, seconds(ms));
      if (outcome === 'limited') met.inc({ limit: reason });
    }),
    listen('interrupted', ({ calls: count }) => calls.inc({ kind: 'call', outcome: 'interrupted' }, count)),
    listen('refusal', ({ reason }) => refused.inc({ reason })),
  ];
}

function countMenu(registers: [Registry], { menuEvents }: KnownWords): (() => void)[] {
  const menu = new Counter({
    name: 'hotline_menu_calls_total',
    help: 'What callers did in the menu of the dialplan, a few minutes late; "operator" asked for a person there.',
    labelNames: ['event'],
    registers,
  });
  for (const event of menuEvents) menu.inc({ event }, 0);
  return [listen('menu', ({ event, calls }) => menu.inc({ event }, calls))];
}

function measureSteps(registers: [Registry], { exits }: KnownWords): (() => void)[] {
  const steps = new Histogram({
    name: 'hotline_step_duration_seconds',
    help: 'How long steps of calls took: answers of the database, sentences, holds, and the answer to the call.',
    labelNames: ['step', 'answer'],
    buckets: stepBuckets,
    registers,
  });
  // A rate does not see the first of a series that it did not know; a wave of wrong codes may be that.
  for (const answer of ['match', 'mismatch']) steps.zero({ step: 'code', answer });
  const left = new Counter({
    name: 'hotline_call_exits_total',
    help: 'Calls that the application handed back to the dialplan, by where to.',
    labelNames: ['to'],
    registers,
  });
  for (const to of exits) left.inc({ to }, 0);
  const faults = new Counter({
    name: 'hotline_pbx_faults_total',
    help: 'Steps of calls that Asterisk refused or did not answer.',
    registers,
  });
  const silence = new Histogram({
    name: 'hotline_dead_air_seconds',
    help: 'From the last key of a caller until something is heard; "please-wait" follows a whole code.',
    labelNames: ['prompt'],
    buckets: silenceBuckets,
    registers,
  });
  silence.zero({ prompt: 'please-wait' });
  return [
    listen('step', ({ kind, detail = '', ms }) => {
      if (kind === 'exit') left.inc({ to: detail });
      if (kind === 'fault') faults.inc();
      const answer = laneOf[kind as StepKind] === 'database' ? detail : '';
      if (ms !== undefined) steps.observe({ step: kind, answer }, seconds(ms));
    }),
    listen('deadAir', ({ prompt, ms }) => silence.observe({ prompt }, seconds(ms))),
  ];
}
