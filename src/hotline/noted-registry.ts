/** Notes what the database answers as steps of a call. */
import type { AttemptAnswer } from '../registry/attempts.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type { CallSteps } from '../records/call-steps.ts';
import type { StepKind } from '../registry/call-steps.ts';
import type { Hotline } from './context.ts';

/** The same registry, for one call. */
export function noteAnswers(registry: Hotline['registry'], steps: () => CallSteps): Hotline['registry'] {
  const noted = <T>(
    kind: StepKind,
    asked: Promise<T>,
    nameOf: (answer: T) => string | null,
    noteMore?: (answer: T) => void,
  ) => noteAnswer(steps(), kind, asked, nameOf, noteMore);
  return {
    // Part of the check, which has its own note.
    readCodes: (code) => noted('code', registry.readCodes(code), () => null),
    checkAttempt: (attempt) =>
      noted('code', registry.checkAttempt(attempt), nameOfAttempt, ({ preparation }) => {
        if (preparation !== undefined) steps().note('reset', preparation); // answered together
      }),
    refundAttempt: (attemptId) => noted('refund', registry.refundAttempt(attemptId), () => 'made'),
    prepareReset: (reset) => noted('reset', registry.prepareReset(reset), (answer) => answer),
    activateReset: (activation) =>
      noted('reset', registry.activateReset(activation), (isActive) => (isActive ? 'activated' : 'refused')),
    readReset: (resetId) => noted('reset', registry.readReset(resetId), (state) => state ?? 'unknown'),
    voidReset: (resetId, reason) => noted('reset', registry.voidReset(resetId, reason), () => 'voided'),
    requestCallBack: (request) =>
      noted('call-back', registry.requestCallBack(request), (answer) =>
        typeof answer === 'string' ? answer : 'ordered',
      ),
  };
}

/**
 * Notes one answer, and how long it took.
 *
 * @param nameOf null: only a failure is noted
 * @param noteMore notes what else the answer says
 */
export async function noteAnswer<T>(
  steps: CallSteps,
  kind: StepKind,
  asked: Promise<T>,
  nameOf: (answer: T) => string | null,
  noteMore?: (answer: T) => void,
): Promise<T> {
  const askedAt = performance.now();
  try {
    const answer = await asked;
    const name = nameOf(answer);
    if (name !== null) steps.note(kind, name, performance.now() - askedAt);
    noteMore?.(answer);
    return answer;
  } catch (error) {
    const why = error instanceof RegistryUnavailable ? 'unavailable' : 'failed';
    steps.note(kind, why, performance.now() - askedAt);
    throw error;
  }
}

function nameOfAttempt({ admission, accountId }: AttemptAnswer): string {
  if (admission !== 'admitted') return admission;
  return accountId === null ? 'mismatch' : 'match';
}
