/**
 * From the second reading to goodbye: the password again, then once or twice more for those who ask. The
 * change is stored, whatever happens to the line, so nothing here may say otherwise.
 */
import type { Call } from '../call/call.ts';
import { ChannelGone } from '../call/channel.ts';
import { slowly, speakDigits, type Utterance } from '../call/prompts.ts';
import type { SecondReading } from './ending.ts';
import { offerOperator } from './offer-operator.ts';

/** How many readings a caller can ask for. */
const maxFurtherReadings = 2;
/**
 * How long the key is waited for in silence before goodbye, during which it counts as well, ms. After the second
 * reading it can be pressed while validity and the rest are said, and a caller who presses nothing must be done
 * within a minute, or 35 s if they know the menu; after a further one there is only this, and nobody must hear
 * nothing for 3 s.
 */
export const waitMs = { afterSecond: 300, afterFurther: 2500 };

/** What is said from the change until the caller knows how long the password is valid. */
export function untilValidityIsTold(digits: string, validMinutes: number): Utterance[] {
  return [...secondReading(digits), ...offerAndValidity(validMinutes)];
}

/**
 * Reads the password again, and again if asked. A hang-up or a fault in a later reading is no news of the
 * second one.
 *
 * @param validMinutes 0: it does not expire
 */
export async function readAgain(call: Call, digits: string, validMinutes: number): Promise<SecondReading> {
  let isHeard = false;
  try {
    await call.tell(...secondReading(digits));
    isHeard = true;
    await sayGoodbye(call, digits, [...offerAndValidity(validMinutes), 'change-at-login']);
  } catch (error) {
    if (!(error instanceof ChannelGone))
      await offerOperator(call, 'changed', 'interrupted').catch(() => undefined);
    if (!isHeard) return error instanceof ChannelGone ? 'hung up' : 'failed';
  }
  return 'heard';
}

function secondReading(digits: string): Utterance[] {
  return ['changed', ...speakDigits(digits)];
}

/** The offer comes first, so that the key can be pressed while the rest is said. */
function offerAndValidity(minutes: number): Utterance[] {
  const announcement = `valid-${minutes as 5 | 10 | 30 | 60 | 1440}-minutes` as const;
  return ['offer-reading', 'pause', ...(minutes === 0 ? [] : [announcement])];
}

/** Says what the caller must know, with the offer, and reads as often as the caller presses `1`, until goodbye is heard. */
async function sayGoodbye(call: Call, digits: string, rest: readonly Utterance[]): Promise<void> {
  let isWanted = await offerReading(call, rest, waitMs.afterSecond);
  for (let left = maxFurtherReadings; isWanted;) {
    // The phone must be back at the ear.
    await call.tell('pause', 'pause', ...speakDigits(digits, slowly));
    left--;
    if (left === 0) return call.say('goodbye');
    isWanted = await offerReading(call, ['offer-reading'], waitMs.afterFurther);
  }
}

/** @returns whether `1` was pressed, at the latest during goodbye, which is said if it was not pressed before; other keys mean nothing */
async function offerReading(
  call: Call,
  offer: readonly Utterance[],
  firstKeyWithinMs: number,
): Promise<boolean> {
  call.forgetKeys(); // pressed before it was offered
  await call.tell(...offer);
  return (await isPressed(call, [], firstKeyWithinMs)) || isPressed(call, ['goodbye'], 0);
}

async function isPressed(
  call: Call,
  prompts: readonly Utterance[],
  firstKeyWithinMs: number,
): Promise<boolean> {
  const answer = await call.ask({ prompts, accept: '1', lengths: [1], firstKeyWithinMs });
  return answer.kind === 'digits';
}
