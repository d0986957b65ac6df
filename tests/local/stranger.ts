/**
 * Runs in a network namespace of its own, beside the hotline's: a stranger who scans every port, and
 * a carrier who calls meanwhile. Prints what was found, as JSON.
 *
 *     node tests/local/stranger.ts HOTLINE STRANGER CARRIER     (IPv4 addresses)
 */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { placeCall } from '../../src/sip-caller/caller.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { checkout } from '../../src/local/run-state.ts';

/** What a scan found, as `udp 5060`. */
export interface Scan {
  /** Ports that take connections or answer. */
  readonly open: readonly string[];
  /** UDP ports that neither answer nor refuse. */
  readonly silent: readonly string[];
}

export interface Scans {
  readonly quiet: Scan;
  readonly duringCall: Scan;
  /** Whether the scan left the call alone. */
  readonly callWentOn: boolean;
  readonly afterwards: Scan;
}

type Verdict = 'open' | 'silent' | 'closed';

const [hotline = '', stranger = '', carrier = ''] = process.argv.slice(2);
/** A UDP port that says nothing is asked this often, this far apart, ms; a closed one refuses at once. */
const questions = 5;
const questionsApartMs = 200;
/** How long it stays on hold, ms: less than the minute after which the menu gives up. */
const takesBackEveryMs = 30_000;

async function scan(): Promise<Scan> {
  const found = { open: [] as string[], silent: [] as string[], closed: [] as string[] };
  for (const [protocol, probe] of Object.entries({ udp: answers, tcp: connects })) {
    let next = 1;
    const worker = async () => {
      for (let port = next++; port <= 65_535; port = next++)
        found[await probe(port)].push(`${protocol} ${port}`);
    };
    await Promise.all(Array.from({ length: 500 }, worker));
  }
  return { open: found.open.sort(), silent: found.silent.sort() };
}

function connects(port: number): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = connect({ host: hotline, port, localAddress: stranger }, () => {
      socket.destroy();
      resolve('open');
    });
    socket.once('error', () => resolve('closed'));
  });
}

async function answers(port: number): Promise<Verdict> {
  const socket = createSocket('udp4');
  const refused = new Promise<'closed'>((resolve) => socket.once('error', () => resolve('closed')));
  const answered = new Promise<'open'>((resolve) => socket.once('message', () => resolve('open')));
  await new Promise<void>((resolve) =>
    socket.bind(0, stranger, () => socket.connect(port, hotline, resolve)),
  );
  try {
    for (let question = 1; question <= questions; question++) {
      socket.send(port === 5060 ? options : 'x', () => undefined);
      const verdict = await Promise.race([refused, answered, delay(questionsApartMs)]);
      if (verdict !== undefined) return verdict;
    }
    return 'silent';
  } finally {
    socket.close();
  }
}

/**
 * Holds the line as long as the scan takes, however busy this process is: a silent caller is let go within a minute,
 * and so is one on hold, but not one who takes the call back in between.
 */
async function whileOnHold<T>(call: ScriptedCall, scanning: Promise<T>): Promise<T> {
  let isOver = false;
  void scanning.finally(() => (isOver = true));
  while (!isOver) {
    await call.hold();
    await Promise.race([scanning, delay(takesBackEveryMs)]);
    await call.resume();
    await call.hears('hotline/menu');
  }
  return scanning;
}

/** SIP's "who are you" (RFC 3261, 11). */
const options = [
  `OPTIONS sip:${hotline} SIP/2.0`,
  `Via: SIP/2.0/UDP ${stranger}:5070;branch=z9hG4bKscan;rport`,
  `From: <sip:x@${stranger}>;tag=1`,
  `To: <sip:${hotline}>`,
  'Call-ID: scan',
  'CSeq: 1 OPTIONS',
  'Content-Length: 0',
  '\r\n',
].join('\r\n');

const quiet = await scan();
const call = await placeCall({
  target: `${hotline}:5060`,
  localAddress: carrier,
  identity: { from: '0912345678' },
  soundsDirectory: join(checkout, 'sounds/vi'),
});
await call.hears('hotline/menu');
const duringCall = await whileOnHold(call, scan());
await call.keys('9'); // the line still carries keys and sentences
const callWentOn = await call.hears('hotline/goodbye').then(
  () => true,
  () => false,
);
await call.hangUp();
const scans: Scans = { quiet, duringCall, callWentOn, afterwards: await scan() };
process.stdout.write(JSON.stringify(scans));
