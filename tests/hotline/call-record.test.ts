/**
 * What the log says about calls: which call a line is about, and how the call ended, in the words of its
 * audit row.
 */
import { Writable } from 'node:stream';
import { createLogger, format, transports } from 'winston';
import { callBackChannelId, callIdOf } from '../../src/call/call-id.ts';
import type { NotAnswered } from '../../src/call/call-back-line.ts';
import { CallRecord } from '../../src/hotline/call-record.ts';
import { CallBackOrders } from '../../src/hotline/call-back/orders.ts';
import type { Hotline } from '../../src/hotline/context.ts';
import { endings } from '../../src/hotline/ending.ts';
import { recoverCall } from '../../src/hotline/recover-call.ts';
import { FakeCallBackLine } from '../support/fakes/fake-call-back-line.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import type { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import {
  backAtApology,
  code,
  hotlineWithCitizen,
  keying,
  lengths,
  phone,
  place,
} from '../support/fakes/one-citizen.ts';
import { passTimeUntil, placeScriptedCall, useFakeTime } from '../support/fakes/scripted-call.ts';
import type { Caller } from '../../src/simulation/scripted-caller.ts';

useFakeTime();

type Line = Readonly<Record<string, unknown>>;

/** A hotline whose log lines are collected. */
function loggedHotline(): { registry: MemoryRegistry; hotline: Hotline; lines: Line[] } {
  const { registry, hotline } = hotlineWithCitizen();
  const lines: Line[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)) as Line);
      done();
    },
  });
  const logger = createLogger({ format: format.json(), transports: [new transports.Stream({ stream })] });
  return { registry, hotline: { ...hotline, logger }, lines };
}

const hangingUpAt =
  (wanted: string): Caller =>
  (sound, line, index) => {
    keying(code)(sound, line, index);
    if (sound === wanted) line.hangUp();
  };

/** One way for a call to end. */
interface Way {
  readonly title: string;
  readonly caller: Caller;
  /** How the registry fails. */
  readonly fail?: (registry: MemoryRegistry) => void;
  /** What the PBX cannot play. */
  readonly broken?: string;
}

const ways: Way[] = [
  { title: 'a password heard twice', caller: keying(code) },
  { title: 'a hang-up before the change', caller: hangingUpAt('hotline/password-intro') },
  { title: 'a hang-up after the change', caller: hangingUpAt('hotline/changed') },
  { title: 'a second reading that fails', caller: keying(code), broken: 'hotline/changed' },
  { title: 'three wrong codes', caller: keying('9999999999', '8888888888', '7777777777') },
  { title: 'three silences', caller: keying() },
  { title: 'the operator', caller: keying('0#') },
  {
    title: 'a database that stays unavailable',
    caller: keying(code),
    fail: (registry) => registry.stayAway('before', 'checkAttempt'),
  },
  {
    title: 'a change that is refused',
    caller: keying(code),
    fail: (registry) => registry.stayAway('before', 'activateReset'),
  },
];

test.each(ways)(
  'after $title, log and audit give the call one outcome and one reason',
  async ({ caller, fail, broken }) => {
    const { registry, hotline, lines } = loggedHotline();
    fail?.(registry);
    await place(hotline, backAtApology(registry, caller), phone, broken === undefined ? [] : [broken]);
    const [row] = registry.audit;
    expect(lines.filter(({ message }) => message === 'call ended')).toMatchObject([
      { callId: row!.callId, outcome: row!.outcome, reason: row!.reason },
    ]);
  },
);

test('every line about a call carries its call id and channel id, a fault too', async () => {
  const { registry, hotline, lines } = loggedHotline();
  const channel = await place(hotline, keying(code), phone, ['hotline/password-intro']);
  const ids = { callId: callIdOf(channel, 'node-1'), channelId: channel.id };
  expect(registry.audit).toMatchObject([{ outcome: 'fault' }]);
  expect(lines).toMatchObject([
    { ...ids, level: 'error', message: 'a call met a fault' },
    { ...ids, level: 'info', message: 'call ended' },
  ]);
});

/** Keys the next of `answers` at each question, and hangs up 4 s into the last one: before it counts as a silence. */
const leavingAfter = (answers: readonly string[]): Caller => {
  const left = [...answers];
  return (sound, line) => {
    if (!/enter-code|enter-again/.test(sound)) return;
    const keys = left.shift() ?? '';
    line.after(800, () => line.press(keys));
    if (left.length === 0) line.after(4000, () => line.hangUp());
  };
};

test.each([
  ['nothing', [], {}],
  ['a part of a code', ['01234'], { incompleteCodes: 1 }],
  ['a code that is too short, then nothing', ['01234#', ''], { incompleteCodes: 1 }],
  ['nothing when asked, then nothing', ['', ''], { silences: 1 }],
  [
    'nothing, a code that is too short and a part of one',
    ['', '0123#', '4'],
    { silences: 1, incompleteCodes: 2 },
  ],
  ['a wrong code', ['9999999999', ''], {}],
] as const)(
  'the row of a caller who hung up says what was never checked: %s',
  async (_title, answers, unchecked) => {
    const { registry, hotline } = hotlineWithCitizen();
    await place(hotline, leavingAfter(answers));
    expect(registry.audit).toMatchObject([
      {
        outcome: 'hung-up',
        reason: 'the caller hung up',
        unchecked: { silences: 0, incompleteCodes: 0, ...unchecked },
      },
    ]);
  },
);

test('how much of the second reading was heard is logged beside the reason, and does not replace it', async () => {
  const seen: unknown[] = [];
  for (const [caller, broken] of [
    [keying(code), []],
    [hangingUpAt('hotline/changed'), []],
    [keying(code), ['hotline/changed']],
  ] as const) {
    const { hotline, lines } = loggedHotline();
    await place(hotline, caller, phone, [...broken]);
    seen.push(lines.at(-1));
  }
  const same = { outcome: 'changed', reason: 'heard, then stored' };
  expect(seen).toMatchObject([
    { ...same, secondReading: 'heard' },
    { ...same, secondReading: 'hung up' },
    { ...same, secondReading: 'failed' },
  ]);
});

test('a call-back and the call that led to it are told apart, each with its own ids', async () => {
  const { registry, hotline, lines } = loggedHotline();
  const line = new FakeCallBackLine(lengths, 'busy');
  const callBacks = new CallBackOrders({
    mode: 'always',
    line,
    perNumberDay: 3,
    atOnce: 1,
    ringMs: 1000,
    delayMs: 1000,
  });
  await placeScriptedCall({ ...hotline, callBacks }, { callerNumber: phone, lengths, caller: keying(code) });
  const [call, callBack] = registry.audit;
  expect(lines).toMatchObject([
    { message: 'call ended', callId: call!.callId, outcome: 'call-back', reason: call!.reason },
    { message: 'call-back ended', callId: callBack!.callId, outcome: 'not-answered', reason: 'busy' },
  ]);
  const { channelId } = lines[1] as { channelId: string };
  expect(channelId).toBe(callBackChannelId(channelId.replace('call-back-', '')));
  expect(callBack!.callId).toBe(callIdOf({ id: channelId }, 'node-1'));
});

test.each<[NotAnswered, 'info' | 'warn']>([
  ['busy', 'info'],
  ['no answer', 'info'],
  ['refused by the carrier: SIP 403', 'warn'],
  ['refused by the carrier: cause 21', 'warn'],
  ['carrier not reached', 'warn'],
  ['failed', 'warn'],
])('a call-back that ends with «%s» is logged at level %s', (reason, level) => {
  const { hotline, lines } = loggedHotline();
  const record = new CallRecord({ id: callBackChannelId('1') }, hotline);
  record.end(endings.notAnswered(reason), 1);
  return hotline.ledger.flush().then(() => {
    expect(lines).toMatchObject([{ level, message: 'call-back ended', outcome: 'not-answered', reason }]);
  });
});

test('a call interrupted by the death of its process is logged as it is recorded', async () => {
  const { registry, hotline, lines } = loggedHotline();
  const channel = new FakeChannel({ lengths });
  await passTimeUntil(recoverCall(channel, hotline, Promise.resolve()).then(() => hotline.ledger.flush()));
  const [row] = registry.audit;
  expect(row).toMatchObject({ outcome: 'interrupted', reason: 'the application ended during the call' });
  expect(lines).toMatchObject([{ message: 'call ended', outcome: row!.outcome, reason: row!.reason }]);
});

test('a change that was made but never confirmed is logged as it stands in the audit', async () => {
  const { registry, hotline, lines } = loggedHotline();
  registry.failNext('activateReset', 'after-commit');
  registry.stayAway('before', 'activateReset', 'readReset', 'voidReset');
  const caller: Caller = (sound, line, index) => {
    if (sound === 'hotline/fault-unconfirmed') registry.stayAway(null);
    keying(code)(sound, line, index);
  };
  await place(hotline, caller);
  expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
  expect(lines).toMatchObject([{ message: 'call ended', outcome: 'changed', reason: 'heard, then stored' }]);
});

test('two PBXs that give the same channel id give their calls different ids; a successor on the same node gives the same', () => {
  const channel = { id: '1763800000.7' };
  expect(callIdOf(channel, 'pbx-1')).not.toBe(callIdOf(channel, 'pbx-2'));
  expect(callIdOf(channel, 'pbx-1')).toBe(callIdOf({ ...channel }, 'pbx-1'));
  expect(callIdOf({ id: 'pbx-1-1763800000.7' }, 'n')).not.toBe(callIdOf({ id: 'pbx-2-1763800000.7' }, 'n'));
});
