/**
 * The load of one turn, as a process of its own, so that what it costs is known. Reads the plan as JSON from standard
 * input, places the calls, and prints a {@link LoadReport}. It hears nothing: what callers heard is read from the capture
 * when the calls are over.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { json } from 'node:stream/consumers';
import { SipLeg } from '../../src/sip-caller/sip-leg.ts';
import { Sender } from './sender.ts';
import type { LoadReport, PlacedCall, PlannedCall } from './script.ts';

/** The carrier's trunk. */
const localAddress = '127.0.0.2';
const target = { host: '127.0.0.1', port: 5060 };
const answerLimitMs = 10_000;

async function placeCall(
  sender: Sender,
  { dial, phone, code, hangUpAtMs }: PlannedCall,
): Promise<PlacedCall> {
  const invitedAtMs = Date.now();
  let port: number | null = null;
  let fault: string | null = null;
  try {
    const identity = { from: phone };
    const leg = await SipLeg.open({ target, localAddress, dial, identity, rtpPort: sender.port });
    const remote = await leg.invite(AbortSignal.timeout(answerLimitMs));
    port = remote.port;
    const stop = sender.start(remote, code);
    const by = await Promise.race([leg.ended, pause(hangUpAtMs)]);
    stop();
    if (by !== undefined) fault = `ended too soon, by ${by}`;
    await leg.hangUp();
  } catch (error) {
    fault = (error as Error).message;
  }
  return { phone, port, invitedAtMs, endedAtMs: Date.now(), fault };
}

const plan = (await json(process.stdin)) as PlannedCall[];
const sender = await Sender.open(localAddress);
const before = process.cpuUsage();
const startedAt = performance.now();
const calls = await Promise.all(
  plan.map(async (call) => {
    await pause(call.startsAtMs - (performance.now() - startedAt));
    return placeCall(sender, call);
  }),
);
const { user, system } = process.cpuUsage(before);
const report: LoadReport = {
  calls,
  cpuMs: (user + system) / 1000,
  latestMs: sender.latestMs,
  strayPackets: sender.strayPackets,
};
process.stdout.write(JSON.stringify(report), () => process.exit());
