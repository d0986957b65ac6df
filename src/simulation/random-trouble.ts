/** What goes wrong with database and PBX in a call, drawn from dice. */
import { everySound, isSilence, soundOf } from '../call/prompts.ts';
import type { Registry } from '../registry/registry.ts';
import type { Dice } from './dice.ts';
import type { FakeChannel } from './fake-channel.ts';
import type { TroubledParts } from './simulate-call.ts';

type Tell = (what: string) => void;
type Trouble = (dice: Dice, parts: TroubledParts, tell: Tell) => void;

/** What a call asks of the database, in the order in which it does. */
const asked = [
  'openCall',
  'checkAttempt',
  'activateReset',
  'readReset',
  'voidReset',
  'closeCall',
  'keepSteps',
] as const satisfies readonly (keyof Registry)[];

/** Within the time of a usual call, ms. */
const maxAtMs = 60_000;
const maxAwayMs = 25_000;
/** The first reading takes about as long: behind it the password is changed, when trouble matters most. */
const maxReadingMs = 12_000;

/** Each sets up one trouble, and tells of it when it strikes: what is set up may never happen in the call. */
export const troubles = {
  databaseAway,
  slowAnswer,
  answerLost,
  playbackFails,
  channelGone,
} as const satisfies Record<string, Trouble>;

/** Sets up one to three of them. @param tell is called when each strikes */
export function drawTrouble(dice: Dice, parts: TroubledParts, tell: Tell): void {
  for (const trouble of dice.shuffled<Trouble>(Object.values(troubles)).slice(0, dice.number(1, 3)))
    trouble(dice, parts, tell);
}

function databaseAway(dice: Dice, { registry, channel, over }: TroubledParts, tell: Tell): void {
  const [fromMs, forMs] = [dice.number(0, maxAtMs), dice.number(300, maxAwayMs)];
  const fault = dice.oneOf(['before', 'hang'] as const);
  const strike = () => {
    registry.stayAway(fault);
    tell(
      `the database ${fault === 'before' ? 'is unreachable' : 'gives no answer'}, for ${inSeconds(forMs)}`,
    );
    // Also behind the end of the call: its row waits for it.
    const back = setTimeout(() => {
      registry.stayAway(null);
      tell('the database is back');
    }, forMs);
    over.addEventListener('abort', () => clearTimeout(back));
  };
  const [isAtReading, intoReadingMs] = [dice.happens(50), dice.number(0, maxReadingMs)];
  if (!isAtReading) return later(channel, fromMs, strike);
  let isSet = false;
  channel.whenHeard(({ sound }) => {
    if (sound !== soundOf('password-intro') || isSet) return;
    isSet = true;
    later(channel, intoReadingMs, strike);
  });
}

/** Strikes after so many ms, unless the call has ended by then. */
function later(channel: FakeChannel, ms: number, strike: () => void): void {
  const timer = setTimeout(strike, ms);
  channel.gone.addEventListener('abort', () => clearTimeout(timer));
}

function slowAnswer(dice: Dice, { registry }: TroubledParts, tell: Tell): void {
  const [method, slowMs] = [dice.oneOf(asked), dice.number(300, 1900)];
  registry.failNext(method, { slowMs }, () => tell(`${method} takes the database ${inSeconds(slowMs)}`));
}

function answerLost(dice: Dice, { registry }: TroubledParts, tell: Tell): void {
  const method = dice.happens(50) ? 'activateReset' : dice.oneOf(asked);
  registry.failNext(method, 'after-commit', () => tell(`the answer to ${method} is lost after its commit`));
}

function playbackFails(dice: Dice, { channel }: TroubledParts, tell: Tell): void {
  const sound = dice.oneOf(everySound().filter((one) => !isSilence(one)));
  channel.broken.add(sound);
  channel.whenRefused((refused) => tell(`the PBX does not play ${refused}`));
}

function channelGone(dice: Dice, { channel }: TroubledParts, tell: Tell): void {
  const isLost = dice.happens(50);
  later(channel, dice.number(0, maxAtMs), () => {
    tell(isLost ? 'the PBX loses the channel' : 'the caller is gone, and the PBX has not noticed');
    if (isLost) channel.disappear();
    else channel.callerHangsUpUnnoticed();
  });
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
