/** The ARI adapter on a real Asterisk, with calls over SIP and RTP. */
import { join } from 'node:path';
import { createLogger } from 'winston';
import { Ami } from '../../src/asterisk/ami/ami.ts';
import type { AriConnection } from '../../src/asterisk/ari/ari-connection.ts';
import { readPlayback } from '../../src/asterisk/ari/ari-events.ts';
import { connectAri } from '../../src/asterisk/ari/connect-ari.ts';
import { pbxStatus, reloadPbx } from '../../src/asterisk/ami/pbx.ts';
import type { Channel, Sound } from '../../src/call/channel.ts';
import { everySound } from '../../src/call/prompts.ts';
import { placeCall } from '../../src/sip-caller/caller.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { loadSoundLengths } from '../../src/recordings/catalogue.ts';
import { describeChannel } from '../support/contracts/channel.ts';
import { startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';

const soundsDirectory = join(import.meta.dirname, '../../sounds/vi');
/** As fast as a phone can press keys. */
const quick = { toneMs: 40, gapMs: 40 };

interface Pbx {
  asterisk: RealAsterisk;
  ari: AriConnection;
}

let started: Promise<Pbx> | undefined;

/** Starts on first use, because concurrent tests do not wait for beforeAll. */
function pbx(): Promise<Pbx> {
  started ??= (async () => {
    const asterisk = await startAsterisk();
    const ari = await connectAri({
      ...asterisk.ari,
      language: 'vi',
      soundLengths: await loadSoundLengths(soundsDirectory),
      logger: createLogger({ silent: true }),
    });
    await ari.register();
    return { asterisk, ari };
  })();
  return started;
}

afterAll(async () => {
  const { asterisk, ari } = await pbx();
  ari.close();
  await asterisk.stop();
});

/** Calls are placed one at a time, so that the incoming call is the one just placed. */
let placing: Promise<unknown> = Promise.resolve();

function call(callerNumber: string): Promise<{ channel: Channel; line: ScriptedCall }> {
  const placed = placing.then(async () => {
    const { asterisk, ari } = await pbx();
    const announced = new Promise<Channel>((resolve) => ari.onCall(resolve));
    const identity = callerNumber === '' ? { from: 'anonymous', withheld: true } : { from: callerNumber };
    const line = await placeCall({ target: asterisk.sip, identity, soundsDirectory });
    return { channel: await announced, line };
  });
  placing = placed.catch(() => undefined);
  return placed;
}

describeChannel('a channel of a real Asterisk', {
  missingSound: 'hotline/no-such-recording',
  async call(callerNumber) {
    const { channel, line } = await call(callerNumber);
    const caller = {
      press: (keys: string) => line.keys(keys, quick),
      hangUp: () => line.hangUp(),
      hold: async () => void (await line.hold()),
      takeBack: async () => void (await line.resume()),
      heard: async (sound: Sound) => void (await line.heardToEnd(sound)),
      reachedOperator: async () => {
        await line.hears('hotline/operator-closed');
        await line.hangUp();
      },
    };
    return { channel, caller };
  },
});

describe('quick keys on a real Asterisk', () => {
  // Nothing is playing yet, and Asterisk reports some of these keys twice.
  test.concurrent.each(['0000111122', '1111111111', '9900990099', '0123456789'])(
    '%s keyed before the first prompt arrives unchanged',
    async (keyed) => {
      const { channel, line } = await call('0912345678');
      await line.keys(keyed.slice(0, 4), quick);
      const keys: string[] = [];
      const all = Promise.withResolvers<void>();
      channel.onDigit((key) => keys.push(key) === keyed.length && all.resolve());
      const silence = channel.play(['hotline/silence']);
      await silence.reached(0);
      await line.keys(keyed.slice(4), quick);
      await all.promise;
      await channel.readLine();
      expect(keys.join('')).toBe(keyed);
      await channel.hangUp();
    },
  );
});

test('the start fails if Asterisk lacks a recording, and names it', async () => {
  const { ari } = await pbx();
  await ari.checkSounds(everySound());
  await expect(ari.checkSounds(['digits/1', 'hotline/no-such-recording'])).rejects.toThrow(
    'Asterisk cannot play: hotline/no-such-recording (alaw), hotline/no-such-recording (slin16)',
  );
});

test('Asterisk can be asked which sound of a playback is playing and which is next, which makes up for lost events', async () => {
  const { asterisk } = await pbx();
  const { channel } = await call('0912345678');
  const playback = channel.play(['digits/1', 'hotline/menu', 'digits/2']);
  await playback.reached(1);
  const { url, username, password } = asterisk.ari;
  const answer = await fetch(`${url}/ari/playbacks/${channel.id}-0`, {
    headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
  });
  expect(readPlayback(await answer.json())).toMatchObject({
    state: 'playing',
    media_uri: 'sound:hotline/menu',
    next_media_uri: 'sound:digits/2',
  });
  await channel.hangUp();
});

test('status and reload over AMI do not affect a running call', async () => {
  const { asterisk } = await pbx();
  const { channel, line } = await call('0912345678');
  const playback = channel.play(['hotline/menu']);
  const ami = await Ami.connect(asterisk.ami);
  const status = await pbxStatus(ami);
  expect(status.version).toMatch(/^22\./);
  expect(Date.now() - status.startedAt.getTime()).toBeLessThan(3_600_000);
  expect(status.activeCalls).toBeGreaterThan(0);
  expect(status.endpoints.map(({ name }) => name).sort()).toEqual(['6001', '6002', 'trunk', 'trunk-out']);
  expect((await reloadPbx(ami)).menuSteps).toBeGreaterThan(3);
  ami.close();
  expect(await playback.ended).toBe('played');
  await line.hangUp();
});
