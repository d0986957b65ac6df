/** What a caller of a real call heard, how the call ended, and how long they were left in silence. */
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import type { HeardEntry, TranscriptEntry } from '../../src/sip-caller/transcript.ts';
import { stepNames, steps, type Step } from './call-step.ts';
import { held } from './checker.ts';

/** Sounds that ask for a key: the silence after them is the caller's own. */
const questions = /^hotline\/(menu|enter-code|enter-again|code-silence|code-length|offer-operator)/;
/** Said 5 s after a key that was not the last: until then the caller may go on keying. */
const codeIsShort = 'hotline/code-length';
/** Sounds that fill a wait. */
const fillers = /^hotline\/(please-wait|pause|silence)$/;
/** Sounds that say why a call is not served, or hand it over. */
const apologies =
  /^hotline\/(fault|fault-unconfirmed|interrupted|unavailable|busy|try-later|no-identity|too-many-\w+|call-back-promise|operator-closed)$/;

/**
 * What became of a caller. `cut`: the line went dead, or never answered, without an apology or a goodbye;
 * `left`: the caller hung up, as planned; `endless`: the trial had to end the call.
 */
export type CallEnd = 'served' | 'apologised' | 'cut' | 'left' | 'endless';

const isHeard = (entry: TranscriptEntry): entry is HeardEntry => entry.kind === 'heard';

/**
 * What was heard, in the form the checker reads: with a pause after every digit that was heard to
 * its end, and a mark where the phone took no sound.
 */
export function soundsOf(call: ScriptedCall | undefined): string[] {
  return (call?.transcript() ?? []).flatMap((entry) => {
    if (entry.kind === 'held') return [held];
    if (!isHeard(entry)) return [];
    return entry.name.startsWith('digits/') && entry.complete ? [entry.name, 'hotline/pause'] : [entry.name];
  });
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
  return stepNames.findLast((step) => hasReached(call, step)) ?? null;
}

/** @param wasPlanned the caller meant to hang up */
export function endOf(entries: readonly TranscriptEntry[], wasPlanned: boolean): CallEnd {
  const heard = entries.filter(isHeard).map(({ name }) => name);
  const last = entries.at(-1);
  if (last?.kind === 'ended' && last.by === 'caller') {
    if (heard.includes('hotline/changed')) return 'served';
    return wasPlanned ? 'left' : 'endless';
  }
  if (heard.includes('hotline/changed') && heard.at(-1) === 'hotline/goodbye') return 'served';
  return heard.some((name) => apologies.test(name)) || heard.at(-1) === 'hotline/goodbye'
    ? 'apologised'
    : 'cut';
}

/** The longest silence, except the caller's own and while the phone took no sound, ms. */
export function longestSilence(entries: readonly TranscriptEntry[]): number {
  const spans: number[] = [];
  let since: number | undefined = 0; // the call begins with a word of the PBX
  for (const entry of entries) {
    const isCallersOwn = entry.kind === 'keyed' || (entry.kind === 'heard' && entry.name === codeIsShort);
    if (since !== undefined && !isCallersOwn) spans.push(entry.atMs - since);
    if (entry.kind === 'heard') since = questions.test(entry.name) ? undefined : entry.endedAtMs;
    else if (entry.kind === 'keyed' || entry.kind === 'held') since = entry.endedAtMs;
    else if (entry.kind === 'unknown') since = entry.atMs;
  }
  return Math.max(0, ...spans);
}

/** The longest time after a question or a key without another key and without a word, ms. */
export function longestUnanswered(entries: readonly TranscriptEntry[]): number {
  const spans: number[] = [];
  let since: number | undefined;
  for (const entry of entries) {
    if (since !== undefined) spans.push(entry.atMs - since);
    const isAsked = entry.kind === 'keyed' || (entry.kind === 'heard' && questions.test(entry.name));
    since = isAsked ? entry.endedAtMs : undefined;
  }
  return Math.max(0, ...spans);
}

/** The longest time from "please wait" to something else, ms. */
export function longestWait(entries: readonly TranscriptEntry[]): number {
  const spans: number[] = [];
  let since: number | undefined;
  for (const entry of entries.filter(({ kind }) => kind !== 'keyed' && kind !== 'unknown')) {
    if (entry.kind === 'heard' && entry.name === 'hotline/please-wait') since ??= entry.atMs;
    else if (entry.kind !== 'heard' || !fillers.test(entry.name)) {
      if (since !== undefined) spans.push(entry.atMs - since);
      since = undefined;
    }
  }
  return Math.max(0, ...spans);
}
