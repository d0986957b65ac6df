/**
 * The prompts a flow can say. Their Vietnamese texts are in `sounds/vi/prompts.yaml`; a test checks
 * that the two lists agree.
 */
import type { Sound } from './channel.ts';

/** Prompts that every branch of the application may play. A branch may have more (hotline/branch.ts); the dialplan has its own, for the menu. */
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
  'busy',
  'offer-operator',
  'offer-other-ways',
  'other-ways-online',
  'other-ways-forms',
  'no-identity',
  'call-back-promise',
  'call-back-request',
  'call-back-greeting',
  'password-intro',
  'changed',
  'offer-reading',
  'valid-5-minutes',
  'valid-10-minutes',
  'valid-30-minutes',
  'valid-60-minutes',
  'valid-1440-minutes',
  'change-at-login',
  'goodbye',
  'fault',
  'fault-unconfirmed',
  'interrupted',
  'pause',
  'silence',
] as const;

export type Prompt = (typeof prompts)[number];

/** A spoken digit, such as `digits/7`. */
export type SpokenDigit = `digits/${number}`;

/** An element of a sentence. */
export type Utterance = Prompt | SpokenDigit;

/** The sound file of a prompt or digit. */
export function soundOf(utterance: string): Sound {
  return utterance.startsWith('digits/') ? utterance : `hotline/${utterance}`;
}

/** Whether nothing is heard of this sound. */
export function isSilence(sound: Sound): boolean {
  return sound === soundOf('silence') || sound === soundOf('pause');
}

/**
 * What is heard of a playback: its prompts by name, and how many digits, never which; and how many sounds there
 * are until only silence follows.
 *
 * @example spokenIn(['hotline/changed', 'digits/7', 'digits/1', 'hotline/silence'])
 * // { words: 'changed 2 digits', length: 3 }
 */
export function spokenIn(sounds: readonly Sound[]): { readonly words: string; readonly length: number } {
  const length = sounds.findLastIndex((sound) => !isSilence(sound)) + 1;
  const words: string[] = [];
  let digits = 0;
  for (const sound of [...sounds.slice(0, length).filter((spoken) => !isSilence(spoken)), '']) {
    if (sound.startsWith('digits/')) {
      digits++;
      continue;
    }
    if (digits > 0) words.push(`${digits} digits`);
    digits = 0;
    if (sound !== '') words.push(sound.replace('hotline/', ''));
  }
  return { words: words.join(' '), length };
}

/** Every sound that every branch may play; checked against the PBX at start. */
export function everySound(): Sound[] {
  return [...prompts.map(soundOf), ...Array.from('0123456789', (digit) => `digits/${digit}`)];
}

/** The pauses of a reading that a caller has asked for are so many times as long as those of the others. */
export const slowly = 2;

/**
 * The sentence that reads out a secret: half a second after each digit and a whole second between
 * groups, about one second a digit in all (standards: 1 s a digit is remembered better than 0.5 s,
 * and groups of 2–3 better than none).
 *
 * @param slowness how many times as long the pauses are; {@link slowly} for who asks for it again
 * @example speakDigits('12345678') // 123 · 456 · 78
 */
export function speakDigits(digits: string, slowness = 1): Utterance[] {
  const pauses = Array.from({ length: slowness }, () => 'pause' as const);
  return groupDigits(digits).flatMap((group, index) => [
    ...(index > 0 ? pauses : []),
    ...Array.from(group).flatMap((digit): Utterance[] => [`digits/${Number(digit)}`, ...pauses]),
  ]);
}

/** Splits digits into groups of three, with groups of two at the end to avoid a single digit. */
export function groupDigits(digits: string): string[] {
  const groups: string[] = [];
  for (let rest = digits; rest !== '';) {
    const size = rest.length === 4 || rest.length === 2 ? 2 : 3;
    groups.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return groups;
}
