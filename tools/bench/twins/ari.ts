/**
 * The twin on plain ari-client: as its README shows it, one playback a file, each begun when the one before has finished.
 * No deadline, no lease, no record, no second caller of an account.
 */
import ariClient from 'ari-client';
import { offer, readTwice, resetPassword, untilMatch } from './account.ts';

/** The part of ari-client that is used here. */
interface Channel {
  readonly caller: { readonly number: string };
  on(event: 'ChannelDtmfReceived', listener: (event: { digit: string }) => void): void;
  once(event: 'StasisEnd', listener: () => void): void;
  play(media: { media: string }, playback: Playback): Promise<void>;
  hangup(): Promise<void>;
}
interface Playback {
  once(event: 'PlaybackFinished', listener: () => void): void;
  stop(): Promise<void>;
}
interface Client {
  on(event: 'StasisStart', listener: (event: object, channel: Channel) => void): void;
  Playback(): Playback;
  start(application: string): Promise<void>;
}

const { ARI_URL = '', ARI_USERNAME = '', ARI_PASSWORD = '' } = process.env;
const client = (await ariClient.connect(ARI_URL, ARI_USERNAME, ARI_PASSWORD)) as unknown as Client;

class HungUp extends Error {}

async function serve(channel: Channel): Promise<void> {
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => undefined);
  channel.once('StasisEnd', () => gone.reject(new HungUp()));
  const begin = async (sound: string) => {
    const playback = client.Playback();
    const finished = new Promise<void>((resolve) => playback.once('PlaybackFinished', resolve));
    await channel.play({ media: `sound:${sound}` }, playback);
    return { playback, finished };
  };
  const say = async (sounds: readonly string[]) => {
    for (const sound of sounds) await Promise.race([(await begin(sound)).finished, gone.promise]);
  };
  let code = '';
  const keyed = Promise.withResolvers<void>();
  const asking = begin('hotline/enter-code-10');
  channel.on('ChannelDtmfReceived', ({ digit }) => {
    if (code === '') asking.then(({ playback }) => playback.stop()).catch(() => undefined);
    code += digit;
    if (code.length === 10) keyed.resolve();
  });
  await asking;
  await Promise.race([keyed.promise, gone.promise]);
  await say(untilMatch);
  const password = await resetPassword(code, channel.caller.number);
  if (password !== null) await say([...readTwice(password), ...offer]);
  await channel.hangup();
}

client.on('StasisStart', (_event, channel) => {
  serve(channel).catch((error: unknown) => {
    if (error instanceof HungUp || /Channel not (found|in Stasis)/.test(String(error))) return;
    process.stderr.write(`${String(error)}\n`);
  });
});
await client.start('bench');
process.stdout.write('ready\n');
