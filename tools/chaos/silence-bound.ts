/** How long a caller may be left without a word, for each kind of fault, and what breaks that promise (I8). */
import type { TranscriptEntry } from '../../src/sip-caller/transcript.ts';
import { heardWithinMs, letGoWithinMs } from '../../tests/support/machine/longest-silence.ts';
import type { CallFault } from './call-fault.ts';
import type { Violation } from './checker.ts';
import { endOf, longestSilence, longestUnanswered, longestWait, type CallEnd } from './heard.ts';

export interface SilenceBound {
  /** The longest silence, ms; Infinity: none can be promised. */
  readonly silenceMs: number;
  /** Whether a call may end without a word. */
  readonly mayBeCut: boolean;
  /** Why it is not the bound of all others. */
  readonly reason?: string;
}

/** After a question a caller has 7 s for the first key; then the timer of a call, if nobody is there to ask again. */
const unansweredMs = 7000 + heardWithinMs;

/** rtp_timeout in pjsip.conf. Asterisk measures it with the clock of the day. */
const rtpTimeoutMs = 120_000;

/** What one caller experienced. */
export interface Experience {
  readonly end: CallEnd;
  readonly silenceMs: number;
  /** From "please wait" to an answer or apology. */
  readonly waitMs: number;
}

/** The bound for a fault. */
export function boundOf(fault: CallFault): SilenceBound {
  if ('victim' in fault && fault.victim === 'pbx') {
    if (fault.kind === 'kill' || fault.ms === null)
      return {
        silenceMs: Infinity,
        mayBeCut: true,
        reason: 'a dead PBX says nothing, and calls end with it',
      };
    return {
      silenceMs: fault.ms + heardWithinMs,
      mayBeCut: true,
      reason: 'a stopped PBX says nothing: the time it was stopped is added',
    };
  }
  if (fault.kind === 'hold' && fault.ms === null)
    return {
      silenceMs: heardWithinMs,
      mayBeCut: true,
      reason: 'nothing reaches a phone on hold; after a minute the line is released',
    };
  if (fault.kind === 'jump-clock' && fault.of === 'pbx' && fault.byMs > rtpTimeoutMs)
    return {
      silenceMs: heardWithinMs,
      mayBeCut: true,
      reason: 'Asterisk takes a line for dead when by its clock nothing has come for two minutes',
    };
  return { silenceMs: heardWithinMs, mayBeCut: false };
}

/** @param wasPlanned the caller meant to hang up */
export function experienceOf(entries: readonly TranscriptEntry[], wasPlanned: boolean): Experience {
  return {
    end: endOf(entries, wasPlanned),
    silenceMs: longestSilence(entries),
    waitMs: longestWait(entries),
  };
}

/**
 * What is wrong with what a caller experienced.
 *
 * @param lateMs how late the times may be that the trial's own process measured. Default 0
 */
export function brokenBounds(
  entries: readonly TranscriptEntry[],
  { end, silenceMs, waitMs }: Experience,
  bound: SilenceBound,
  lateMs = 0,
): Violation[] {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const unanswered = longestUnanswered(entries);
  return [
    ...(silenceMs > bound.silenceMs + lateMs
      ? [`a caller was left in silence for ${seconds(silenceMs)}`]
      : []),
    ...(!bound.mayBeCut && unanswered > unansweredMs + lateMs
      ? [`a caller who did not answer heard nothing for ${seconds(unanswered)}`]
      : []),
    ...(!bound.mayBeCut && waitMs > letGoWithinMs + lateMs
      ? [`a caller was asked to wait for ${seconds(waitMs)}`]
      : []),
    ...(!bound.mayBeCut && end === 'cut' ? ['a call ended without a word'] : []),
    ...(!bound.mayBeCut && end === 'endless' ? ['a call did not end'] : []),
  ].map((what) => ({ invariant: 'I8', what }));
}
