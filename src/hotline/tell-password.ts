/**
 * From a prepared reset to goodbye: read the password, store it, say so, read it again (read-again.ts). The order is
 * that of the reset protocol (docs/call-flow.md).
 */
import type { OfferedPassword, PasswordReset } from '../accounts/reset.ts';
import type { Call } from '../call/call.ts';
import { ChannelGone } from '../call/channel.ts';
import { speakDigits, type Utterance } from '../call/prompts.ts';
import type { Hotline, KnownCaller } from './context.ts';
import { change, endings, type Ending } from './ending.ts';
import type { NoLongerMatch } from '../registry/resets.ts';
import { withPleaseWait } from './please-wait.ts';
import { offerOperator, offerOtherWays } from './offer-operator.ts';
import { readAgain, untilValidityIsTold } from './read-again.ts';
import { tryLater } from './try-later.ts';

/**
 * Reads a new password, makes it the account's password, and reads it again, either to a caller or to
 * the person who was called back.
 *
 * @param greeting said before the first reading, in the same sentence
 * @throws ChannelGone, PlaybackFailed: the reset is void, nothing was changed
 */
export async function tellPassword(
  call: Call,
  { startedAt, unchecked }: Pick<KnownCaller, 'startedAt' | 'unchecked'>,
  reset: OfferedPassword,
  { script }: Pick<Hotline, 'script'>,
  greeting: readonly Utterance[] = [],
): Promise<Ending> {
  if (reset === 'too-often') return tryLater(call, reset);
  if (typeof reset === 'string') return refuseNoMatch(call, reset);
  await readFirst(call, reset, greeting);
  return storeAndConfirm(call, reset, { startedAt, unchecked }, script);
}

/** The account is no match any more: it sounds like none. */
export async function refuseNoMatch(call: Call, why: NoLongerMatch): Promise<Ending> {
  await offerOtherWays(call, 'mismatch', 'mismatch');
  return endings.noLongerMatch(why);
}

/**
 * Reads the password for the first time. Voids the reset unless the caller hears the reading to its end
 * and is still on the line.
 */
async function readFirst(call: Call, reset: PasswordReset, greeting: readonly Utterance[]): Promise<void> {
  try {
    await call.tell(...greeting, 'password-intro', ...speakDigits(reset.digits));
  } catch (error) {
    // The old password stays. If the database cannot void the reset now, it expires later.
    await reset.void('not heard to the end').catch(() => undefined);
    throw error;
  }
}

/** Stores the password, and only then says so. */
async function storeAndConfirm(
  call: Call,
  reset: PasswordReset,
  { startedAt, unchecked }: Pick<KnownCaller, 'startedAt' | 'unchecked'>,
  { passwordValidMinutes, speechMs }: Hotline['script'],
): Promise<Ending> {
  const validMs = passwordValidMinutes * 60_000;
  const untilToldMs = speechMs(untilValidityIsTold(reset.digits, passwordValidMinutes));
  const activation = reset.activate(validMs === 0 ? 0 : validMs + untilToldMs, {
    ...change,
    durationMs: Math.round(performance.now() - startedAt),
    unchecked,
  });
  switch (await withPleaseWait(call, activation)) {
    case 'refused':
      return apologise(call, 'fault', endings.resetNoLongerValid());
    case 'unknown':
      return apologise(call, 'fault-unconfirmed', endings.changeUnconfirmed());
    case 'activated':
      return endings.changed(await readAgain(call, reset.digits, passwordValidMinutes));
  }
}

/**
 * Says what went wrong with the change. A playback that fails here must not lead to another apology, which
 * could be untrue.
 */
async function apologise(call: Call, why: 'fault' | 'fault-unconfirmed', ending: Ending): Promise<Ending> {
  try {
    await offerOperator(call, 'fault', why);
  } catch (error) {
    if (error instanceof ChannelGone) throw error;
  }
  return ending;
}
