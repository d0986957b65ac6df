/** The steps of a call at which a fault can strike, from the channel's side and from the database's. */
import type { Prompt } from '../../src/call/prompts.ts';

/** What the caller notices: the sound that begins a step, or the application's news of the line. */
export const lineSteps = [
  'picked up',
  'who is calling',
  'the question',
  'please wait',
  'told of a mismatch',
  'before the first digit',
  'the first digit',
  'within the first reading',
  'the last digit',
  'after the first reading',
  'told that it changed',
  'within the second reading',
  'validity',
  'within a further reading',
  'goodbye',
  'hang-up',
] as const;

export type LineStep = (typeof lineSteps)[number];

/**
 * What the database is asked. A transaction's COMMIT is a step of its own. A check that matches goes on in its
 * transaction to `reset prepared`, so that `check: COMMIT` is that of a check that does not match.
 */
export const databaseSteps = [
  'opening',
  'opening: COMMIT',
  'check',
  'check: COMMIT',
  'reset prepared',
  'reset prepared: COMMIT',
  'activation',
  'activation: COMMIT',
  'reset voided',
  'closing',
  'closing: COMMIT',
] as const;

export type DatabaseStep = (typeof databaseSteps)[number];
export type Step = LineStep | DatabaseStep;

/** All steps, in the order of a call. */
export const steps: readonly Step[] = [
  'picked up',
  'who is calling',
  'opening',
  'opening: COMMIT',
  'the question',
  'check',
  'check: COMMIT',
  'reset prepared',
  'reset prepared: COMMIT',
  'please wait',
  'told of a mismatch',
  'before the first digit',
  'the first digit',
  'within the first reading',
  'the last digit',
  'after the first reading',
  'activation',
  'activation: COMMIT',
  'told that it changed',
  'within the second reading',
  'validity',
  'within a further reading',
  'goodbye',
  'reset voided',
  'hang-up',
  'closing',
  'closing: COMMIT',
];

export function isDatabaseStep(step: Step): step is DatabaseStep {
  return (databaseSteps as readonly Step[]).includes(step);
}

/** How many statements or sounds a step has in a call that goes well; 1 if it is not listed. */
export const sizes: Partial<Record<Step, number>> = {
  opening: 2,
  check: 3,
  'reset prepared': 2,
  'within the first reading': 6,
  activation: 5,
  'within the second reading': 8,
  validity: 3,
  'within a further reading': 16,
  closing: 3,
};

const bySound: Partial<Record<`hotline/${Prompt}`, LineStep>> = {
  'hotline/enter-code-10': 'the question',
  'hotline/please-wait': 'please wait',
  'hotline/mismatch': 'told of a mismatch',
  'hotline/password-intro': 'before the first digit',
  'hotline/changed': 'told that it changed',
  'hotline/offer-reading': 'validity',
  'hotline/valid-10-minutes': 'validity',
  'hotline/change-at-login': 'validity',
  'hotline/goodbye': 'goodbye',
};

/**
 * The step that begins with the last of the sounds heard, or null.
 *
 * @param passwordLength how many digits a reading has
 */
export function stepOfSound(heard: readonly string[], passwordLength: number): LineStep | null {
  const last = heard.at(-1) ?? '';
  const digits = heard.filter((sound) => sound.startsWith('digits/')).length;
  if (last.startsWith('digits/')) {
    if (digits === 1) return 'the first digit';
    if (digits < passwordLength) return 'within the first reading';
    if (digits === passwordLength) return 'the last digit';
    return digits <= 2 * passwordLength ? 'within the second reading' : 'within a further reading';
  }
  if (last !== 'hotline/silence') return bySound[last as keyof typeof bySound] ?? null;
  if (heard.length === 1) return 'picked up';
  return digits === passwordLength && heard.at(-2) === 'hotline/pause' ? 'after the first reading' : null;
}

/** The step that begins with a statement: the first of a transaction, one further on in it, or one on its own. */
const byStatement: readonly (readonly [RegExp, DatabaseStep])[] = [
  [/^UPDATE limit_locks .* IN \(\?\)/, 'opening'],
  [/^INSERT INTO calls/, 'opening'],
  [/^UPDATE limit_locks .* IN \(\?, \?\)/, 'check'],
  [/^SELECT phone_resets AS state FROM accounts WHERE id = \? AND phone = \? FOR UPDATE/, 'reset prepared'],
  [/^UPDATE accounts STRAIGHT_JOIN resets/, 'activation'],
  [/^UPDATE resets SET state = 'voided'.* WHERE id = \?/s, 'reset voided'],
  [/^UPDATE resets SET state = 'voided'.* WHERE call_id = \?/s, 'closing'],
];

/** The step that begins with this statement; null if none does. */
export function stepOfStatement(sql: string): DatabaseStep | null {
  return byStatement.find(([form]) => form.test(sql))?.[1] ?? null;
}
