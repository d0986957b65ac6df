/** Steps of a real call, as its caller notices them. */
import type { Prompt } from '../../src/call/prompts.ts';

/** By step: a sound, and how many of that kind have begun. */
export const steps = {
  menu: ['hotline/menu', 1],
  'the question': ['hotline/enter-code-10', 1],
  'the check': ['hotline/please-wait', 1],
  'told of a mismatch': ['hotline/mismatch', 1],
  'before the first digit': ['hotline/password-intro', 1],
  'the first digit': [/^digits/, 1],
  'within the first reading': [/^digits/, 5],
  'the last digit': [/^digits/, 8],
  'told that it changed': ['hotline/changed', 1],
  'within the second reading': [/^digits/, 12],
  validity: ['hotline/valid-10-minutes', 1],
  'within a further reading': [/^digits/, 20],
  goodbye: ['hotline/goodbye', 1],
} as const satisfies Record<string, readonly ['hotline/menu' | `hotline/${Prompt}` | RegExp, number]>;

export type Step = keyof typeof steps;

export const stepNames = Object.keys(steps) as Step[];
