/** The steps of a call, a line each, as a person reads them. */
import { laneOf, type CallStep, type OmittedSteps } from '../registry/call-steps.ts';

/**
 * Keys that follow each other share a line, a dot for each.
 *
 * @example
 * //   12.0 s  caller    keys •••
 * //   12.4 s  database  code mismatch, 9 ms
 */
export function describeSteps(steps: readonly (CallStep | OmittedSteps)[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < steps.length;) {
    const step = steps[at]!;
    const end = steps.findIndex((other, index) => index >= at && !isKey(other));
    const keys = (end === -1 ? steps.length : end) - at;
    lines.push(keys === 0 ? describeStep(step) : line(step.atMs, 'caller', describeKeys(keys)));
    at += Math.max(keys, 1);
  }
  return lines;
}

function describeStep(step: CallStep | OmittedSteps): string {
  if ('omitted' in step) return line(step.atMs, '', `${step.omitted} more steps were not kept`);
  const { atMs, kind, detail = '', tookMs } = step;
  const took = tookMs === undefined ? '' : `, ${tookMs} ms`;
  return line(atMs, laneOf[kind] ?? '', `${kind} ${detail}`.trim() + took);
}

function describeKeys(count: number): string {
  return `${count === 1 ? 'key' : 'keys'} ${'•'.repeat(count)}`;
}

function isKey(step: CallStep | OmittedSteps): boolean {
  return 'kind' in step && step.kind === 'key';
}

function line(atMs: number, lane: string, what: string): string {
  return `  ${`${(atMs / 1000).toFixed(1)} s`.padStart(8)}  ${lane.padEnd(8)}  ${what}`;
}
