/** A caller who reacts to what is heard. */
import type { Sound } from '../call/channel.ts';
import type { FakeChannel } from './fake-channel.ts';

/** What the caller does when the n-th of all sounds begins. */
export type Caller = (
  sound: Sound,
  line: {
    press(keys: string): void;
    hangUp(): void;
    hangUpUnnoticed(): void;
    goOnHold(options?: { isNoticed: boolean }): void;
    takeBack(options?: { isNoticed: boolean }): void;
    after(ms: number, act: () => void): void;
  },
  index: number,
) => void;

/** Lets the caller hear the channel, and press keys or hang up on it. */
export function putOnLine(channel: FakeChannel, caller: Caller): void {
  const line = {
    press: (keys: string) => channel.press(keys),
    hangUp: () => channel.callerHangsUp(),
    hangUpUnnoticed: () => channel.callerHangsUpUnnoticed(),
    goOnHold: (options?: { isNoticed: boolean }) => channel.goOnHold(options),
    takeBack: (options?: { isNoticed: boolean }) => channel.takeBack(options),
    after: (ms: number, act: () => void) => {
      const timer = setTimeout(act, ms);
      channel.gone.addEventListener('abort', () => clearTimeout(timer)); // a caller who has left presses no key
    },
  };
  channel.whenHeard((heard, index) => caller(heard.sound, line, index));
}
