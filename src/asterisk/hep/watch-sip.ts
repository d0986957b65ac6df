/** Listens for the SIP messages that Asterisk reports (hep.conf), and logs what was refused. */
import { createSocket } from 'node:dgram';
import type { Logger } from 'winston';
import { parseHepPacket } from './hep-packet.ts';
import { SipRefusals, type Refusal } from './sip-refusals.ts';

/** One address is named once a minute for one reason; what comes meanwhile is counted. */
const quietMs = 60_000;
const maxReasons = 1000;
/** Anybody who sends SIP can be refused for ever new reasons: beyond this many lines a minute they are counted only. */
const maxLines = 100;
const sweepMs = 1000;
/** An application that is draining may still have the port. */
const bindAgainMs = 5000;

export interface SipWatchOptions {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly logger: Logger;
}

/** Runs beside the calls, which do not depend on it. Returns what stops it. */
export function watchSip({ port, logger }: SipWatchOptions): () => void {
  const refusals = new SipRefusals(refusalLog(logger));
  const sweeper = setInterval(() => refusals.sweep(), sweepMs).unref();
  let stop: () => void = () => undefined;
  const listen = (isFirst: boolean): void => {
    const socket = createSocket('udp4').unref();
    socket.on('message', (bytes) => {
      const message = parseHepPacket(bytes);
      if (message) refusals.take(message);
    });
    socket.on('error', (error) => {
      socket.close();
      if (isFirst)
        logger.warn('refused calls are not logged yet: the port for reports is in use', { port, error });
      const again = setTimeout(() => listen(false), bindAgainMs).unref();
      stop = () => clearTimeout(again);
    });
    socket.bind(port, '127.0.0.1');
    stop = () => socket.close();
  };
  listen(true);
  return () => {
    clearInterval(sweeper);
    stop();
  };
}

/** Logs each refusal, but not a thousand times a minute. */
export function refusalLog(
  logger: Pick<Logger, 'warn'>,
  now = () => performance.now(), // which nobody sets
): (refusal: Refusal) => void {
  const seen = new Map<string, { atMs: number; more: number }>();
  let minute = { fromMs: -Infinity, lines: 0 };
  return ({ what, why, from, to, status, user, offered }) => {
    const key = [what, why, user, offered, from.slice(0, from.lastIndexOf(':'))].join(' ');
    const last = seen.get(key);
    if (last && now() - last.atMs < quietMs) {
      last.more += 1;
      return;
    }
    if (now() - minute.fromMs >= quietMs) {
      if (minute.lines > maxLines)
        logger.warn('more was refused than is logged in a minute', { more: minute.lines - maxLines });
      minute = { fromMs: now(), lines: 0 };
    }
    if (++minute.lines > maxLines) return;
    seen.delete(key);
    seen.set(key, { atMs: now(), more: 0 });
    if (seen.size > maxReasons) seen.delete([...seen.keys()][0]!);
    logger.warn(`${what} was ${status === undefined ? 'not answered' : 'refused'}: ${why}`, {
      fromAddress: from,
      toAddress: to,
      ...(status !== undefined && { status }),
      ...(user !== undefined && { user }),
      ...(offered !== '' && { offered }),
      ...(last && last.more > 0 && { more: last.more }),
    });
  };
}
