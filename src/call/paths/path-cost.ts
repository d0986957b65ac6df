/**
 * How long a call takes along a path, and what it costs the caller, from the lengths of the recordings. The paths
 * are found by running the script (tools/docs/timed-paths.ts) and stand in call-paths.json.
 */

import type { Sound } from '../channel.ts';
import { slowly, soundOf, speakDigits, type Utterance } from '../prompts.ts';

/** One path through the call, from the menu to its end. */
export interface CallPath {
  /** What led along it, in the words of the pictures: `8`, `10 digits`, `match`. */
  readonly led: readonly string[];
  /**
   * What is heard and done, in order: names of prompts, `reading` (a password, digit by digit), `reading-slowly`
   * (the same on `1`), `keys 10` (so many keys), `silence` (none until the time-out), `wait 1000` (none for so many
   * ms), `database` (asked again and again, without an answer), `operator`.
   */
  readonly steps: readonly string[];
  /** How long it may usually take. */
  readonly maxSeconds?: number;
}

/** What the installation has set of all that decides how long a call takes. */
export interface PathSettings {
  readonly codeLengths: readonly number[];
  readonly passwordLength: number;
  /** 0: no expiry is announced. */
  readonly passwordValidMinutes: number;
  readonly firstDigitTimeoutMs: number;
  readonly interdigitTimeoutMs: number;
  /** Whether the dialplan says the fee before the menu (HOTLINE_FEE_ANNOUNCEMENT); null: Asterisk cannot be asked. */
  readonly isFeeSaid: boolean | null;
}

/**
 * Usual: the caller hears every prompt to its end and keys without hesitating. Worst: the same, and each key comes
 * just before its time-out. The digits of the password are those that take longest.
 */
export interface PathCost {
  readonly usualMs: number;
  readonly worstMs: number;
  readonly usualVnd: number;
  readonly worstVnd: number;
  /** Usual is longer than the path may take. */
  readonly isOver: boolean;
}

/** 1900 numbers are charged by the minute begun. */
const vndAMinute = 1000;
const minuteMs = 60_000;
/** From one key to the next, of somebody who reads the digits from a card. */
const keyMs = 600;
/** The script asks a lost database for 7 s, and says sentences in between and after it (please-wait.ts). */
const databaseMs = { usual: 9000, worst: 13_000 };

/** @param lengthMs of a recording; 0 for none */
export function costOf(path: CallPath, settings: PathSettings, lengthMs: (sound: Sound) => number): PathCost {
  const { maxSeconds } = path;
  const times = stepsOf(path, settings).map((step) => timeOf(step, settings, lengthMs));
  const usualMs = times.reduce((sum, { usual }) => sum + usual, 0);
  const worstMs = times.reduce((sum, { worst }) => sum + worst, 0);
  return {
    ...{ usualMs, worstMs },
    usualVnd: vndOf(usualMs),
    worstVnd: vndOf(worstMs),
    isOver: maxSeconds !== undefined && usualMs > maxSeconds * 1000,
  };
}

/** What is heard and done on a path, the fee before the menu where it is said. */
export function stepsOf(
  { steps }: CallPath,
  { isFeeSaid }: Pick<PathSettings, 'isFeeSaid'>,
): readonly string[] {
  return isFeeSaid === true && steps[0] === 'menu' ? ['fee', ...steps] : steps;
}

/** The sounds of a step, as this installation plays them; empty for what is no sound. */
export function soundsOf(step: string, settings: PathSettings): Sound[] {
  return utterancesOf(step, settings).map(soundOf);
}

/** What a call of this length costs its caller. */
export function vndOf(ms: number): number {
  return Math.ceil(ms / minuteMs) * vndAMinute;
}

interface StepTime {
  readonly usual: number;
  readonly worst: number;
}

function timeOf(step: string, settings: PathSettings, lengthMs: (sound: Sound) => number): StepTime {
  const { firstDigitTimeoutMs, interdigitTimeoutMs } = settings;
  if (step === 'silence') return same(firstDigitTimeoutMs);
  if (step === 'database') return databaseMs;
  if (step.startsWith('wait ')) return same(Number(step.slice('wait '.length)));
  if (step.startsWith('keys ')) {
    const keys = keysOf(step, settings);
    return { usual: keys * keyMs, worst: firstDigitTimeoutMs + (keys - 1) * interdigitTimeoutMs };
  }
  const longestDigitMs = Math.max(...Array.from('0123456789', (digit) => lengthMs(`digits/${digit}`)));
  const sounds = soundsOf(step, settings);
  return same(
    sounds.reduce((sum, sound) => sum + (sound.startsWith('digits/') ? longestDigitMs : lengthMs(sound)), 0),
  );
}

const same = (ms: number): StepTime => ({ usual: ms, worst: ms });

/** The paths key whole codes of ten digits. */
function keysOf(step: string, { codeLengths }: PathSettings): number {
  const keys = Number(step.slice('keys '.length));
  return keys === 10 ? Math.max(...codeLengths) : keys;
}

function utterancesOf(
  step: string,
  { codeLengths, passwordLength, passwordValidMinutes }: PathSettings,
): Utterance[] {
  if (/^(?:silence|database|operator|(?:keys|wait) \d+)$/.test(step)) return [];
  if (step === 'reading') return speakDigits('0'.repeat(passwordLength));
  if (step === 'reading-slowly') return speakDigits('0'.repeat(passwordLength), slowly);
  if (step === 'enter-code-10') return [`enter-code-${codeLengths.join('-or-')}` as Utterance];
  if (step === 'valid-10-minutes')
    return passwordValidMinutes === 0 ? [] : [`valid-${passwordValidMinutes}-minutes` as Utterance];
  return [step as Utterance];
}
