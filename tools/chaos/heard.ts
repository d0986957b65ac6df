/** What a caller of a real call heard, and how long they were left waiting. */
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import type { HeardEntry, TranscriptEntry } from '../../src/sip-caller/transcript.ts';
import { steps, type Step } from './call-trial.ts';
import type { Violation } from './checker.ts';

/** Sounds that ask for a key: the silence after them is the caller's own. */
const questions = /^hotline\/(menu|enter-code|enter-again|code-silence|code-length|offer-operator)/;
/** Sounds that fill a wait. */
const fillers = /^hotline\/(please-wait|pause|silence)$/;

/**
 * The longest allowed silence, and the longest allowed time from "please wait" to an answer or an
 * apology.
 */
const maxSilenceMs = 3500;
const maxWaitMs = 20_000;

const isHeard = (entry: TranscriptEntry): entry is HeardEntry => entry.kind === 'heard';

/**
 * What was heard, in the form the checker reads: with a pause after every digit that was heard to
 * its end.
 */
export function soundsOf(call: ScriptedCall | undefined): string[] {
  return (call?.transcript() ?? [])
    .filter(isHeard)
    .flatMap((entry) =>
      entry.name.startsWith('digits/') && entry.complete ? [entry.name, 'hotline/pause'] : [entry.name],
    );
}

/** Whether the call has reached this step: enough of its sounds have begun. */
export function hasReached(call: ScriptedCall, step: Step): boolean {
  const [sound, count] = steps[step];
  const isIt = (name: string) => (typeof sound === 'string' ? name === sound : sound.test(name));
  return call.transcript().filter((entry) => isHeard(entry) && isIt(entry.name)).length >= count;
}

/** The step a call is at; null if it has reached none, or is over. */
export function stepOf(call: ScriptedCall | undefined): Step | null {
  if (call === undefined || call.transcript().at(-1)?.kind === 'ended') return null;
  return (Object.keys(steps) as Step[]).findLast((step) => hasReached(call, step)) ?? null;
}

/** Whether the hotline ended the call, and not the caller. */
export function wasHungUp(call: ScriptedCall | undefined): boolean {
  const last = call?.transcript().at(-1);
  return last?.kind === 'ended' && last.by === 'pbx';
}

/** The longest silence, except the caller's own, ms. */
export function longestSilence(entries: readonly TranscriptEntry[]): number {
  const spans: number[] = [];
  let since: number | undefined;
  for (const entry of entries) {
    if (since !== undefined && entry.kind !== 'keyed') spans.push(entry.atMs - since);
    if (entry.kind === 'heard') since = questions.test(entry.name) ? undefined : entry.endedAtMs;
    else if (entry.kind === 'keyed') since = entry.endedAtMs;
    else if (entry.kind === 'unknown') since = entry.atMs;
  }
  return Math.max(0, ...spans);
}

/** The longest time from "please wait" to something else, ms. */
export function longestWait(entries: readonly TranscriptEntry[]): number {
  const spans: number[] = [];
  let since: number | undefined;
  for (const entry of entries.filter((entry) => entry.kind === 'heard' || entry.kind === 'ended')) {
    if (entry.kind === 'heard' && entry.name === 'hotline/please-wait') since ??= entry.atMs;
    else if (entry.kind === 'ended' || !fillers.test(entry.name)) {
      if (since !== undefined) spans.push(entry.atMs - since);
      since = undefined;
    }
  }
  return Math.max(0, ...spans);
}

/** A caller who waits for an unreachable database hears "please wait", and an answer or apology in time. */
export function waitedTooLong(entries: readonly TranscriptEntry[]): Violation[] {
  const [silence, waitedMs] = [longestSilence(entries), longestWait(entries)];
  return [
    ...(silence > maxSilenceMs
      ? [
          {
            invariant: 'silence',
            what: `a caller was left in silence for ${Math.round(silence)} ms`,
          } as const,
        ]
      : []),
    ...(waitedMs > maxWaitMs
      ? [
          {
            invariant: 'silence',
            what: `a caller waited for the database for ${Math.round(waitedMs)} ms`,
          } as const,
        ]
      : []),
  ];
}
