/**
 * The application as the trials see it: the shipped code from the channel down to the socket of the
 * database, over a channel without a PBX on which sounds take milliseconds. It is a process of its
 * own, so that it can be killed. It takes orders as JSON lines and reports what callers hear.
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createLogger, transports } from 'winston';
import { CallJournal } from '../../src/records/call-journal.ts';
import { CallLedger } from '../../src/records/call-ledger.ts';
import { keepLease, takeNode } from '../../src/application/lease.ts';
import { nameThisProcess } from '../../src/machine/process-life.ts';
import { shippedLimits } from '../../src/accounts/limits.ts';
import type { CallerClaims } from '../../src/call/channel.ts';
import { everySound } from '../../src/call/prompts.ts';
import type { Hotline } from '../../src/hotline/context.ts';
import { interrupted } from '../../src/hotline/ending.ts';
import { recoverCall } from '../../src/hotline/recover-call.ts';
import { takeCall } from '../../src/hotline/take-call.ts';
import { MysqlRegistry } from '../../src/mysql/registry/mysql-registry.ts';
import { reset } from '../../tests/support/fakes/branches.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';

/** An order to the application. */
export type Order =
  | {
      readonly order: 'call' | 'interrupted';
      readonly channelId: string;
      readonly phone: string;
      readonly codes: readonly string[];
      readonly furtherReadings: number;
    }
  | { readonly order: 'hang-up'; readonly channelId: string }
  | { readonly order: 'jump-clock'; readonly byMs: number }
  /** `recover`: close what another process left open. Both are answered once the database answers. */
  | { readonly order: 'recover' | 'ping' };

type CallOrder = Extract<Order, { readonly order: 'call' | 'interrupted' }>;

/** What the application reports. */
export type News =
  | { readonly news: 'ready' | 'recovered' }
  | { readonly news: 'heard'; readonly channelId: string; readonly sound: string }
  /** `asks-who`: it reads who is calling; `gone`: the channel has ended; `over`: the call is on record. */
  | { readonly news: 'asks-who' | 'gone' | 'over'; readonly channelId: string };

/** A single synchronous write, so a kill loses nothing that was heard before it. */
const tell = (news: News): void => void writeSync(1, `${JSON.stringify(news)}\n`);

/**
 * Sounds that set a pace take longer than the others, which are too short for a person. Silence is as long as on a
 * real line: while nothing plays, nothing is sent, and the line would count as mute.
 */
const soundMs: Record<string, number> = {
  'hotline/silence': 10_000,
  'hotline/please-wait': 150,
  'hotline/offer-reading': 100, // told with little or nothing behind it, and must send some packets to count as heard
};
const lengths = new Map(everySound().map((sound) => [sound, soundMs[sound] ?? 2]));
const [, , url = '', resetsApartMs = '', journalDirectory = '', node = ''] = process.argv;
/** A machine that never comes back is declared lost after 12 s, not after a minute. */
const leaseEveryMs = 1000;
const registry = new MysqlRegistry({
  url,
  deadlineMs: 800,
  poolSize: 4,
  limits: { ...shippedLimits, resetsApartMs: Number(resetsApartMs) },
  audit: { key: '1'.repeat(64), node },
});
const hotline: Hotline = {
  instanceId: randomUUID(),
  node,
  registry,
  ledger: new CallLedger({
    registry,
    journal: await CallJournal.open(journalDirectory),
    onFault: (error) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    },
  }),
  logger: createLogger({
    silent: process.env['CHAOS_LOG'] === undefined,
    transports: [new transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  }),
  hashKeys: { current: '0'.repeat(64) },
  script: {
    timings: { firstDigitTimeoutMs: 150, interdigitTimeoutMs: 150 },
    codeLengths: [10],
    attemptsPerCall: 3,
    passwordLength: 8,
    passwordValidMinutes: 10,
    speechMs: () => 20_000,
  },
  callBacks: null,
};
const channels = new Map<string, FakeChannel>();
const recovered = Promise.withResolvers<void>();

/** A line from a carrier that asserts the caller's number and takes a moment to answer. */
class AssertedChannel extends FakeChannel {
  override async readClaims(): Promise<CallerClaims> {
    tell({ news: 'asks-who', channelId: this.id });
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.gone.throwIfAborted();
    return { asserted: [this.callerNumber], from: this.callerNumber };
  }
}

/** Makes a caller arrive who keys the next code whenever asked for one, and asks for further readings. */
function receiveCall({ channelId, phone, codes, furtherReadings }: CallOrder): FakeChannel {
  const channel = new AssertedChannel({ id: channelId, callerNumber: phone, lengths });
  const left = [...codes];
  let readingsLeft = furtherReadings;
  channel.whenHeard(({ sound }) => {
    tell({ news: 'heard', channelId, sound });
    if (sound === 'hotline/enter-code-10' || sound === 'hotline/enter-again')
      channel.press(left.shift() ?? '');
    if (sound === 'hotline/offer-reading' && readingsLeft-- > 0) channel.press('1');
  });
  channel.gone.addEventListener('abort', () => tell({ news: 'gone', channelId }));
  channels.set(channelId, channel);
  return channel;
}

async function serve(order: 'call' | 'interrupted', channel: FakeChannel): Promise<void> {
  await (order === 'call'
    ? takeCall(channel, hotline, reset, 'pai-required')
    : recoverCall(channel, hotline, recovered.promise));
  await hotline.ledger.flush();
  channels.delete(channel.id);
  tell({ news: 'over', channelId: channel.id });
}

/** Recovers as serve.ts does. */
async function recover(order: 'recover' | 'ping'): Promise<void> {
  for (;;) {
    try {
      if (order === 'recover') await recovered.promise;
      await registry.ping();
      return tell({ news: 'recovered' });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function jumpClock(byMs: number): void {
  const now = Date.now.bind(Date);
  Date.now = () => now() + byMs;
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line) as Order;
  if (order.order === 'call' || order.order === 'interrupted') void serve(order.order, receiveCall(order));
  else if (order.order === 'hang-up') channels.get(order.channelId)?.callerHangsUp();
  else if (order.order === 'jump-clock') jumpClock(order.byMs);
  else void recover(order.order);
});
process.stdin.on('end', () => process.exit(0));
hotline.ledger.closeInterrupted(hotline.instanceId, interrupted);
const lease = {
  ...{ registry, logger: hotline.logger, everyMs: leaseEveryMs },
  instance: { instanceId: hotline.instanceId, node, process: nameThisProcess() },
};
const never = new AbortController().signal;
await takeNode(lease, never, () => Promise.resolve(false));
void keepLease(lease, never, recovered.resolve).then((end) => {
  if (end === 'replaced') throw new Error(`another process has the node ${node}`);
});
tell({ news: 'ready' });
