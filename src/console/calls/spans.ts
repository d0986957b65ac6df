/** The steps of a call as spans of time: a sentence from its first sound to its last, a hold to its end. */
import { laneOf, type CallStep, type OmittedSteps, type StepKind } from '../../registry/call-steps.ts';

export type Lane = (typeof laneOf)[StepKind];

export interface Span {
  readonly lane: Lane;
  readonly fromMs: number;
  readonly toMs: number;
  /** What it is named after. */
  readonly step: CallStep | OmittedSteps;
  readonly tone: 'good' | 'bad' | 'plain' | 'soft';
  /** Keys pressed, 0 unless it stands for keys. */
  readonly keys: number;
  /** When each was pressed, from 0 to 1 of the span. */
  readonly keyTimes: readonly number[];
}

/** What begins a span, and what ends it. */
const endsOf: Partial<Record<StepKind, readonly StepKind[]>> = {
  says: ['said', 'cut'],
  held: ['back'],
};
/** Keys further apart than this are two entries, ms. */
const keysApartMs = 5000;

const good = ['match', 'prepared', 'activated', 'admitted', 'ordered', 'changed'];
const bad = [
  'mismatch',
  'unavailable',
  'failed',
  'refused',
  'voided',
  'code-over',
  'phone-over',
  'moved',
  'too-often',
];

/** @param steps in order of time */
export function spansOf(steps: readonly (CallStep | OmittedSteps)[]): Span[] {
  const used = new Set<CallStep | OmittedSteps>();
  const spans: Span[] = [];
  for (const [at, step] of steps.entries()) {
    if (used.has(step)) continue;
    const later = steps.slice(at + 1);
    if ('omitted' in step) spans.push(spanOf(step, 'hotline', step.atMs, step.atMs));
    else if (step.kind === 'key') spans.push(spanOfKeys(step, later, used));
    else spans.push(spanFrom(step, later, used));
  }
  return spans;
}

function spanFrom(step: CallStep, later: readonly (CallStep | OmittedSteps)[], used: Set<unknown>): Span {
  const lane = laneOf[step.kind];
  const ends = endsOf[step.kind];
  if (ends === undefined) return spanOf(step, lane, step.atMs - (step.tookMs ?? 0), step.atMs);
  const end = later.find(
    (other) => 'kind' in other && (ends.includes(other.kind) || other.kind === step.kind),
  );
  if (end === undefined || !('kind' in end) || !ends.includes(end.kind))
    return spanOf(step, lane, step.atMs, later.at(-1)?.atMs ?? step.atMs);
  // How a sentence was cut is told by what cut it.
  used.add(end);
  return spanOf(step, lane, step.atMs, end.atMs);
}

function spanOfKeys(first: CallStep, later: readonly (CallStep | OmittedSteps)[], used: Set<unknown>): Span {
  const keys: CallStep[] = [first];
  for (const other of later) {
    if (!('kind' in other)) break;
    if (other.kind !== 'key') {
      if (laneOf[other.kind] === 'database') break;
      continue;
    }
    if (other.atMs - keys.at(-1)!.atMs > keysApartMs) break;
    keys.push(other);
    used.add(other);
  }
  const [fromMs, toMs] = [first.atMs, keys.at(-1)!.atMs];
  const length = Math.max(1, toMs - fromMs);
  return {
    ...spanOf(first, 'caller', fromMs, toMs),
    keys: keys.length,
    keyTimes: keys.map(({ atMs }) => (atMs - fromMs) / length),
  };
}

function spanOf(step: CallStep | OmittedSteps, lane: Lane, fromMs: number, toMs: number): Span {
  return { lane, fromMs: Math.max(0, fromMs), toMs, step, tone: toneOf(step), keys: 0, keyTimes: [] };
}

function toneOf(step: CallStep | OmittedSteps): Span['tone'] {
  if (!('kind' in step)) return 'soft';
  const { kind, detail = '' } = step;
  if (kind === 'fault' || bad.includes(detail)) return 'bad';
  if (good.includes(detail)) return 'good';
  return kind === 'says' ? 'plain' : 'soft';
}
