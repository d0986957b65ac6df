/**
 * What every channel promises a flow. Runs on the fake, so that flows tested on it are tested on
 * something true, and on a real Asterisk over SIP and RTP.
 */
import { until } from '../until.ts';
import { ChannelGone, type Channel, type Digit, type Sound } from '../../../src/call/channel.ts';

/** The person at the other end. */
export interface CallerAtTheLine {
  /** Presses keys as fast as a phone can. */
  press(keys: string): Promise<void>;
  hangUp(): Promise<void>;
  /** Puts the call on hold. */
  hold(): Promise<void>;
  /** Takes the call back from hold. */
  takeBack(): Promise<void>;
  /** Resolves when the sound has been heard from beginning to end. */
  heard(sound: Sound): Promise<void>;
  /** Resolves when the dialplan's context for the operator has taken over. */
  reachedOperator(): Promise<void>;
}

/** Makes calls. */
export interface ChannelHarness {
  /** A call that has just come in from this number. */
  call(callerNumber: string): Promise<{ channel: Channel; caller: CallerAtTheLine }>;
  /** A sound that this PBX cannot play. */
  readonly missingSound: Sound;
}

const one = 'digits/1';
const two = 'digits/2';
const three = 'digits/3';
const long = 'hotline/menu';

/** Runs the contract. */
export function describeChannel(name: string, harness: ChannelHarness): void {
  const call = (callerNumber = '0912345678') => harness.call(callerNumber);

  describe(name, () => {
    test.concurrent('shows the number of its caller, and none when it is withheld', async () => {
      expect((await call('0912345678')).channel.callerNumber).toBe('0912345678');
      // Asterisk writes a name in its place.
      expect(['', 'anonymous']).toContain((await call('')).channel.callerNumber);
    });

    test.concurrent('can be answered twice', async () => {
      const { channel } = await call();
      await channel.answer();
      await channel.answer();
      await channel.readLine();
    });

    test.concurrent('plays a list to its end, and reports when each sound begins', async () => {
      const { channel, caller } = await call();
      await channel.answer();
      const playback = channel.play([one, two]);
      const begun: number[] = [];
      void playback.reached(0).then(() => begun.push(0));
      void playback.reached(1).then(() => begun.push(1));
      await Promise.all([caller.heard(one), caller.heard(two)]);
      expect(await playback.ended).toBe('played');
      expect(begun).toEqual([0, 1]);
      expect(await playback.reached(1)).toBe(true);
      expect(await playback.reached(2)).toBe(false);
    });

    test.concurrent('begins the next playback when the previous one ends', async () => {
      const { channel, caller } = await call();
      await channel.answer();
      const playbacks = [channel.play([one]), channel.play([two])];
      await Promise.all([caller.heard(one), caller.heard(two)]);
      expect(await Promise.all(playbacks.map(({ ended }) => ended))).toEqual(['played', 'played']);
    });

    test.concurrent(
      'says that a playback is near its end while there is time to start the next',
      async () => {
        const { channel } = await call();
        await channel.answer();
        const playback = channel.play([one, two]);
        const hasEnded = playback.ended.then(() => 'ended');
        expect(await Promise.race([playback.nearEnd, hasEnded])).toBe(true);
        expect(await playback.ended).toBe('played');
      },
    );

    test.concurrent('begins the next playback when the previous one is stopped', async () => {
      const { channel, caller } = await call();
      await channel.answer();
      const first = channel.play([long]);
      await first.reached(0);
      const second = channel.play([two]);
      await first.stop();
      expect([await first.ended, await first.nearEnd]).toEqual(['stopped', false]);
      await caller.heard(two);
      expect(await second.ended).toBe('played');
    });

    test.concurrent('stops a whole list, even in the middle; a stop may be repeated or late', async () => {
      const { channel } = await call();
      await channel.answer();
      const playback = channel.play([one, long, two]);
      await playback.reached(1);
      await Promise.all([playback.stop(), playback.stop()]);
      expect(await playback.ended).toBe('stopped');
      expect(await playback.reached(2)).toBe(false);
      await playback.stop();
    });

    test.concurrent('can stop a playback that waits for its turn', async () => {
      const { channel, caller } = await call();
      await channel.answer();
      const first = channel.play([one]);
      const second = channel.play([long]);
      const third = channel.play([three]);
      await second.stop();
      await caller.heard(three);
      expect(await Promise.all([first, second, third].map(({ ended }) => ended))).toEqual([
        'played',
        'stopped',
        'played',
      ]);
    });

    test.concurrent(
      'does not skip a sound that it cannot play: that playback fails, and the next one plays',
      async () => {
        const { channel, caller } = await call();
        await channel.answer();
        const broken = channel.play([one, harness.missingSound, two]);
        expect(await broken.ended).toBe('failed');
        expect(await broken.reached(2)).toBe(false);
        const whole = channel.play([three]);
        await caller.heard(three);
        expect(await whole.ended).toBe('played');
      },
    );

    test.concurrent(
      'keeps keys pressed before anything listens, and delivers each once, in order',
      async () => {
        const { channel, caller } = await call();
        await channel.answer();
        const playing = channel.play([long]);
        await playing.reached(0);
        await caller.press('0011');
        const keys: Digit[] = [];
        const enough = Promise.withResolvers<void>();
        channel.onDigit((key) => {
          keys.push(key);
          if (keys.length === 10) enough.resolve();
        });
        await caller.press('22*#90');
        await enough.promise;
        expect(keys.join('')).toBe('001122*#90');
      },
    );

    test.concurrent('reports a hang-up: playbacks are gone, and every verb says so', async () => {
      const { channel, caller } = await call();
      await channel.answer();
      const playing = channel.play([long]);
      const waiting = channel.play([one]);
      await playing.reached(0);
      await caller.hangUp();
      expect(await Promise.all([playing.ended, waiting.ended])).toEqual(['gone', 'gone']);
      expect(channel.gone.reason).toBeInstanceOf(ChannelGone);
      for (const verb of [() => channel.answer(), () => channel.readLine(), () => channel.exit('operator')])
        await expect(verb()).rejects.toThrow(ChannelGone);
      expect(await channel.play([one]).ended).toBe('gone');
      await channel.hangUp();
    });

    test.concurrent('says when its caller goes on hold and comes back, and is asked the same', async () => {
      const { channel, caller } = await call();
      const said: boolean[] = [];
      channel.onHold((isHeld) => said.push(isHeld));
      await channel.answer();
      expect((await channel.readLine()).isHeld).toBe(false);
      await caller.hold();
      await until(() => said.length === 1);
      expect((await channel.readLine()).isHeld).toBe(true);
      await caller.takeBack();
      await until(() => said.length === 2);
      expect((await channel.readLine()).isHeld).toBe(false);
      expect(said).toEqual([true, false]);
      await channel.hangUp();
    });

    test.concurrent(
      'counts what goes out, a packet for 20 ms and none while its caller is on hold',
      async () => {
        const { channel, caller } = await call();
        await channel.answer();
        const sent = async (sound: Sound) => {
          const before = await channel.readLine();
          const playback = channel.play([sound]);
          expect(await playback.ended).toBe('played');
          const after = await channel.readLine();
          const packets = after.sent! - before.sent!;
          expect(packets).toBeLessThanOrEqual((after.answeredAtMs - before.askedAtMs) / 20 + 2);
          return packets;
        };
        expect(await sent(one)).toBeGreaterThan(0);
        await caller.hold();
        expect(await sent(one)).toBe(0);
        await caller.takeBack();
        expect(await sent(two)).toBeGreaterThan(0);
        await channel.hangUp();
        await expect(channel.readLine()).rejects.toThrow(ChannelGone);
      },
    );

    test.concurrent('hangs up, once or twice', async () => {
      const { channel } = await call();
      await channel.answer();
      const playing = channel.play([long]);
      await Promise.all([channel.hangUp(), channel.hangUp()]);
      expect(channel.gone.aborted).toBe(true);
      expect(await playing.ended).toBe('gone');
      await expect(channel.readLine()).rejects.toThrow(ChannelGone);
    });

    test.concurrent('hands its caller to the operator at once, even during a prompt', async () => {
      const { channel, caller } = await call();
      await channel.answer();
      const playing = channel.play([long]);
      await playing.reached(0);
      await channel.exit('operator');
      expect(channel.gone.aborted).toBe(true);
      await caller.reachedOperator();
    });
  });
}
