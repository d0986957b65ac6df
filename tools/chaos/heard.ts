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
    if (entry.kind === 'held') return entry.wasRefused ? [] : [held];
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
  const silence = new Silence(0); // the call begins with a word of the PBX
  for (const entry of entries) {
    const isCallersOwn = entry.kind === 'keyed' || (entry.kind === 'heard' && entry.name === codeIsShort);
    if (!isCallersOwn) silence.endsAt(entry.atMs);
    if (entry.kind === 'heard') silence.begins(questions.test(entry.name) ? undefined : entry.endedAtMs);
    else if (entry.kind === 'keyed') silence.begins(entry.endedAtMs);
    else if (entry.kind === 'held' && entry.wasRefused)
      silence.begins(undefined); // a sentence goes on
    else if (entry.kind === 'held') silence.holds(entry.endedAtMs);
    else if (entry.kind === 'unknown') silence.begins(entry.atMs);
  }
  return silence.longestMs;
}

/** The longest time after a question or a key without another key and without a word, ms. */
export function longestUnanswered(entries: readonly TranscriptEntry[]): number {
  const silence = new Silence(undefined);
  for (const entry of entries) {
    silence.endsAt(entry.atMs);
    const isAsked = entry.kind === 'keyed' || (entry.kind === 'heard' && questions.test(entry.name));
    if (entry.kind === 'held' && entry.wasRefused)
      silence.begins(undefined); // a question goes on
    else if (entry.kind === 'held') silence.holds(entry.endedAtMs);
    else silence.begins(isAsked ? entry.endedAtMs : undefined);
  }
  return silence.longestMs;
}

/** How long nothing was heard. The time in which the phone took no sound is no part of it. */
class Silence {
  longestMs = 0;
  #sinceMs: number | undefined;
  #heldUntilMs = 0;

  constructor(sinceMs: number | undefined) {
    this.#sinceMs = sinceMs;
  }

  /** @param atMs undefined: nothing need be heard after this */
  begins(atMs: number | undefined): void {
    this.#sinceMs = atMs;
  }

  /** @param untilMs undefined: the phone never came back */
  holds(untilMs = Infinity, sinceMs: number | undefined = untilMs): void {
    this.#heldUntilMs = untilMs;
    this.#sinceMs = sinceMs;
  }

  endsAt(atMs: number): void {
    if (this.#sinceMs === undefined) return;
    this.longestMs = Math.max(this.longestMs, atMs - Math.max(this.#sinceMs, this.#heldUntilMs));
  }
}

/** The longest time from "please wait" to something else, ms. */
export function longestWait(entries: readonly TranscriptEntry[]): number {
  const spans: number[] = [];
  let since: number | undefined;
  const isRefused = (entry: TranscriptEntry) => entry.kind === 'held' && entry.wasRefused === true;
  for (const entry of entries.filter(
    (each) => !['keyed', 'unknown'].includes(each.kind) && !isRefused(each),
  )) {
    if (entry.kind === 'heard' && entry.name === 'hotline/please-wait') since ??= entry.atMs;
    else if (entry.kind !== 'heard' || !fillers.test(entry.name)) {
      if (since !== undefined) spans.push(entry.atMs - since);
      since = undefined;
    }
  }
  return Math.max(0, ...spans);
}
