/**
 * The prompts a flow can say. Their Vietnamese texts are in `sounds/vi/prompts.yaml`; a test holds
 * the two lists together.
 */
import type { Sound } from './channel.ts';

/** Said by the application. The menu's own prompts belong to the dialplan. */
export const prompts = [
  'enter-code-10',
  'enter-code-12',
  'enter-code-10-or-12',
  'code-silence',
  'code-length',
  'enter-again',
  'please-wait',
  'mismatch',
  'too-many-silences',
  'too-many-entries',
  'try-later',
  'offer-operator',
  'no-identity',
  'call-back-promise',
  'call-back-request',
  'call-back-greeting',
  'password-intro',
  'changed',
  'valid-5-minutes',
  'valid-10-minutes',
  'change-at-login',
  'goodbye',
  'fault',
  'fault-unconfirmed',
  'interrupted',
  'pause',
  'silence',
] as const;

export type Prompt = (typeof prompts)[number];

/** A digit spoken, for example `digits/7`. */
export type SpokenDigit = `digits/${number}`;

/** What a flow can put into one sentence. */
export type Utterance = Prompt | SpokenDigit;

/** The sound file of a prompt or digit. */
export function soundOf(utterance: Utterance): Sound {
  return utterance.startsWith('digits/') ? utterance : `hotline/${utterance}`;
}

/** Every sound the application may ask for; checked against the PBX at start. */
export function everySound(): Sound[] {
  return [...prompts.map(soundOf), ...Array.from('0123456789', (digit) => `digits/${digit}`)];
}

/**
 * A secret as it is read out: digit, half a second, digit …, and a whole second between groups,
 * about one second a digit (standards: 1 s a digit was remembered better than 0.5 s; groups of
 * 2–3 better than none).
 *
 * @example speakDigits('12345678') // 123 · 456 · 78
 */
export function speakDigits(digits: string): Utterance[] {
  return groupDigits(digits).flatMap((group, index) => [
    ...(index > 0 ? (['pause'] as const) : []),
    ...Array.from(group).flatMap((digit): Utterance[] => [`digits/${Number(digit)}`, 'pause']),
  ]);
}

/** Groups of three, and of two at the end where a single digit would be left over. */
export function groupDigits(digits: string): string[] {
  const groups: string[] = [];
  for (let rest = digits; rest !== '';) {
    const size = rest.length === 4 || rest.length === 2 ? 2 : 3;
    groups.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return groups;
}
