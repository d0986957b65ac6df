/** Connects the application's ARI client to a scripted Asterisk, and collects the log. */
import { Writable } from 'node:stream';
import { createLogger, format, transports } from 'winston';
import type { AriConnection, AriOptions, AriTimings } from '../../../src/asterisk/ari/ari-connection.ts';
import { connectAri } from '../../../src/asterisk/ari/connect-ari.ts';
import type { Channel } from '../../../src/call/channel.ts';
import type { ScriptedAri } from './scripted-ari.ts';

/** Everything that was logged, not redacted. */
export const log: string[] = [];
const sink = new Writable({ write: (chunk, _encoding, done) => void (log.push(String(chunk)), done()) });
const logger = createLogger({
  level: 'debug',
  format: format.json(),
  transports: [new transports.Stream({ stream: sink })],
});

/**
 * Times after which something counts as lost are long, because both ends share one process. A test that
 * waits for one sets it shorter.
 */
const timings: AriTimings = {
  operationMs: 10_000,
  unannouncedMs: 50,
  reconcileMs: 60_000,
  leaseMs: 60_000,
  heartbeatMs: 60_000,
  openMs: 10_000,
  retryMs: [1, 5],
};

type Access = Pick<ScriptedAri, 'url' | 'username' | 'password'>;

export function optionsFor(
  { url, username, password }: Access,
  options: Partial<AriTimings> = {},
): AriOptions {
  return {
    ...{ url, username, password, logger },
    application: 'hotline',
    soundLengths: new Map([['hotline/goodbye', 2000]]),
    language: 'vi',
    timings: { ...timings, ...options },
  };
}

/** Connects and registers. */
export async function connectTo(pbx: Access, options: Partial<AriTimings> = {}): Promise<AriConnection> {
  const ari = await connectAri(optionsFor(pbx, options));
  await ari.register();
  return ari;
}

/** Resolves with the next channel that is announced as a call. */
export function nextCall(ari: AriConnection): Promise<Channel> {
  return new Promise((resolve) => ari.onCall((channel) => resolve(channel)));
}

/** A call that is not answered yet. It is no SIP call, so `readLine` asks whether the channel is there, and no more. */
export async function ringingCall(pbx: ScriptedAri, ari: AriConnection): Promise<Channel> {
  pbx.channels.add('1.1');
  pbx.send('StasisStart', { args: [], channel: { ...pbx.snapshot('1.1'), name: 'Local/1', state: 'Ring' } });
  return nextCall(ari);
}
