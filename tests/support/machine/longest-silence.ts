import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';

/** The promise I8: a caller hears something within this time, ms. The recogniser is late by a packet or two. */
export const heardWithinMs = 3000 + 100;
/** And hears an apology or reaches the operator within this time, ms. */
export const letGoWithinMs = 20_000;

/** The longest time without a recording since `fromMs`, up to the end of the call or to now, ms. */
export function longestSilence(call: ScriptedCall, fromMs: number): number {
  const heard = call.transcript().filter((entry) => entry.kind === 'heard' || entry.kind === 'ended');
  const spans = heard.map((entry) => ({
    from: entry.atMs,
    to: entry.kind === 'heard' ? (entry.endedAtMs ?? call.nowMs) : entry.atMs,
  }));
  let [silentSince, longest] = [fromMs, 0];
  for (const { from, to } of [...spans, { from: call.nowMs, to: call.nowMs }].filter(
    ({ to }) => to > fromMs,
  )) {
    longest = Math.max(longest, from - silentSince);
    silentSince = Math.max(silentSince, to);
    if (heard.some((entry) => entry.kind === 'ended' && entry.atMs <= to)) break;
  }
  return longest;
}
