/** Rows of calls while the database is unreachable, and of calls whose process died meanwhile. */
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { jest } from '@jest/globals';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallJournal } from '../../src/records/call-journal.ts';
import { CallLedger } from '../../src/records/call-ledger.ts';
import { RegistryUnavailable } from '../../src/registry/registry-unavailable.ts';
import type { CallClosing, CallOpening } from '../../src/registry/call-records.ts';
import { listenFor } from '../support/fakes/listen-for.ts';
import { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import { until } from '../support/until.ts';

let folder: string;
/** Of the process that runs; its end lets go of the folder. */
let journal: CallJournal | undefined;
let registry: MemoryRegistry;
const ended: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'journal-test-'));
  registry = new MemoryRegistry();
  for (const instanceId of ['first', 'second'])
    await registry.holdNode({ instanceId, node: instanceId, process: '' });
});
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
  await journal?.close();
  journal = undefined;
  rmSync(folder, { recursive: true });
});

/** The files of calls. */
const notes = () => readdirSync(folder).filter((name) => !['lock', 'steps'].includes(name));

/** The ledger of one process, which begins when the one before has ended; what that held in memory is lost. */
async function application(): Promise<CallLedger> {
  await journal?.close();
  journal = await CallJournal.open(folder);
  return new CallLedger({
    registry,
    journal,
    onFault: (error) => {
      throw error;
    },
  });
}

const aCall = (): CallOpening => ({
  callId: randomUUID(),
  instanceId: 'first',
  channelId: '1763800000.7',
  maskedPhone: '+84***5678',
  phoneKey: null,
});

/** From now on what the application holds in memory does not reach the registry that its successor sees. */
async function killed(ledger: CallLedger): Promise<void> {
  const abandoned = registry;
  registry = new MemoryRegistry();
  await registry.holdNode({ instanceId: 'second', node: 'second', process: '' });
  ended.push(async () => {
    abandoned.stayAway(null);
    await ledger.flush();
  });
}

/** A second process closes the calls that the first one did not. Returns how many it found. */
async function successor(): Promise<number> {
  const ledger = await application();
  const { calls, written } = ledger.closeInterrupted('second', {
    outcome: 'interrupted',
    reason: 'the application ended',
  });
  await written;
  return calls;
}

test('a call whose opening never reached the database, in a process that was killed, gets its row from the next one', async () => {
  const call = aCall();
  registry.stayAway('before');
  await expect((await application()).open(call)).rejects.toThrow(RegistryUnavailable);
  registry.stayAway(null);
  const told = listenFor('interrupted');
  expect(await successor()).toBe(1);
  expect(told()).toEqual([{ calls: 1 }]);
  expect(registry.audit).toMatchObject([
    { callId: call.callId, outcome: 'interrupted', maskedPhone: '+84***5678' },
  ]);
  expect(registry.openCalls.size).toBe(0);
  expect(await successor()).toBe(0);
});

test('its steps up to that moment, or to its end, come with it; a call that was refused has none', async () => {
  const [running, over, refused] = [aCall(), aCall(), aCall()];
  const ledger = await application();
  for (const call of [running, over]) await ledger.noteArrival(call);
  for (const { callId } of [running, over, refused]) ledger.noteStep(callId, '[0,"arrived"]');
  registry.stayAway('before');
  ledger.refuse(refused, { outcome: 'limited', reason: 'all lines are busy', durationMs: 0 });
  void ledger.close(over, { outcome: 'changed', reason: '', durationMs: 1, steps: '[[1,"ended"]]' });
  await until(() => readFileSync(join(folder, over.callId), 'utf8').includes('steps'));
  await killed(ledger);
  expect(await successor()).toBe(3);
  const kept = { [running.callId]: '[[0,"arrived"]]', [over.callId]: '[[1,"ended"]]' };
  expect(Object.fromEntries(registry.steps)).toEqual(kept);
});

test('so does a call that had only just arrived, and one whose note was cut off in the middle', async () => {
  const [one, other] = [aCall(), aCall()];
  const ledger = await application();
  await ledger.noteArrival(one);
  await ledger.noteArrival(other);
  truncateSync(join(folder, other.callId), 10);
  expect(await successor()).toBe(2);
  expect(new Set(registry.audit.map(({ callId }) => callId))).toEqual(new Set([one.callId, other.callId]));
});

test('a call that the process itself takes before it has closed those of earlier ones stays open', async () => {
  await (await application()).noteArrival(aCall());
  const call = { ...aCall(), instanceId: 'second' };
  const ledger = await application();
  await ledger.open(call);
  const { calls, written } = ledger.closeInterrupted('second', {
    outcome: 'interrupted',
    reason: 'the application ended',
  });
  await written;
  expect(calls).toBe(1);
  expect([...registry.openCalls.keys()]).toEqual([call.callId]);
});

test('notes that vanish while the folder is read, as an admin may remove them, are left out', async () => {
  const ledger = await application();
  const calls = Array.from({ length: 50 }, aCall);
  for (const call of calls) await ledger.noteArrival(call);
  symlinkSync('vanished', join(folder, randomUUID())); // listed, and not there to be read
  expect(await successor()).toBe(calls.length);
});

test('a folder belongs to one process at a time, and is free when that one is killed', async () => {
  const file = join(import.meta.dirname, '../../src/records/call-journal.ts');
  const program = `const { CallJournal } = await import(${JSON.stringify(file)});
    globalThis.journal = await CallJournal.open(${JSON.stringify(folder)});
    console.log('open'); setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  await once(other.stdout, 'data');
  await expect(CallJournal.open(folder)).rejects.toThrow(
    new RegExp(
      `^the folder of JOURNAL_DIRECTORY is in use by node \\(process ${other.pid}\\): stop that one first`,
    ),
  );
  const ended = once(other, 'exit');
  other.kill('SIGKILL');
  await ended;
  await (await CallJournal.open(folder)).close();
});

test('a call that ended keeps the row it has; nothing of it stays in the journal', async () => {
  const [ended, refused] = [aCall(), aCall()];
  const ledger = await application();
  await ledger.open(ended);
  void ledger.close(ended, { outcome: 'hung-up', reason: 'the caller hung up', durationMs: 1 });
  ledger.refuse(refused, { outcome: 'limited', reason: 'all lines are busy', durationMs: 0 });
  await ledger.flush();
  expect(notes()).toEqual([]);
  expect(await successor()).toBe(0);
  expect(registry.audit).toMatchObject([
    { outcome: 'hung-up' },
    { outcome: 'limited', reason: 'all lines are busy', maskedPhone: '+84***5678' },
  ]);
});

test('a change, which records itself, leaves nothing in the journal; a kill just before that adds no second row', async () => {
  const call = aCall();
  const ledger = await application();
  await ledger.open(call);
  registry.audit.push({
    callId: call.callId,
    outcome: 'changed',
    reason: 'heard, then stored',
    durationMs: 1,
  });
  expect(await successor()).toBe(1);
  expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
  await ledger.noteArrival(call);
  void ledger.close(call, { outcome: 'changed', reason: 'heard twice', durationMs: 1 });
  await ledger.flush();
  expect(notes()).toEqual([]);
});

test('a call that had ended when its process was killed gets its true ending from the next one', async () => {
  const [asked, refused, torn] = [aCall(), aCall(), aCall()];
  registry.stayAway('before');
  const ledger = await application();
  for (const call of [asked, torn]) await ledger.open(call).catch(() => undefined);
  for (const call of [asked, torn])
    void ledger.close(call, { outcome: 'operator', reason: 'asked for at the code', durationMs: 7000 });
  ledger.refuse(refused, { outcome: 'limited', reason: 'all lines are busy', durationMs: 0 });
  const lines = (call: CallOpening) => readFileSync(join(folder, call.callId), 'utf8').split('\n').length;
  await until(() =>
    [asked, torn, refused].every((call) => readdirSync(folder).includes(call.callId) && lines(call) === 2),
  );
  truncateSync(join(folder, torn.callId), readFileSync(join(folder, torn.callId)).length - 5);
  await killed(ledger);
  expect(await successor()).toBe(3);
  const rows = Object.fromEntries(registry.audit.map((row) => [row.callId, row]));
  expect(rows[asked.callId]).toMatchObject({
    outcome: 'operator',
    durationMs: 7000,
    maskedPhone: '+84***5678',
  });
  expect(rows[refused.callId]).toMatchObject({ outcome: 'limited', reason: 'all lines are busy' });
  expect(rows[torn.callId]).toMatchObject({ outcome: 'interrupted', maskedPhone: '+84***5678' });
});

describe('a flood of calls while the database is unreachable', () => {
  const refusal = { outcome: 'limited', reason: 'all lines are busy', durationMs: 0 } as const;
  const sharedRows = () => registry.audit.filter(({ reason }) => reason !== refusal.reason);

  test('writes a thousand rows, and one for all the others that were refused, with their number', async () => {
    registry.stayAway('before');
    const ledger = await application();
    for (let call = 0; call < 30_000; call++) ledger.refuse(aCall(), refusal);
    await until(() => notes().length === 1001);
    registry.stayAway(null);
    await ledger.flush();
    expect(registry.audit).toHaveLength(1001);
    expect(sharedRows()).toMatchObject([
      { outcome: 'limited', reason: 'all lines are busy (29000 calls in this row)' },
    ]);
    expect(notes()).toEqual([]);
  });

  test('leaves at least half of the number to the next process, if this one is killed', async () => {
    registry.stayAway('before');
    const ledger = await application();
    for (let call = 0; call < 1600; call++) ledger.refuse(aCall(), refusal);
    const texts = () => notes().map((name) => readFileSync(join(folder, name), 'utf8'));
    await until(() => texts().some((note) => note.includes('512 calls')));
    await killed(ledger);
    expect(await successor()).toBe(1001);
    expect(sharedRows()).toMatchObject([{ reason: 'all lines are busy (at least 512 calls in this row)' }]);
  });

  test('is told to take no more calls once ten thousand rows wait, and asks the database no faster for them', async () => {
    let [isBack, asked] = [false, 0];
    const closeCall = async (_: string, { outcome, reason }: CallClosing) => {
      asked++;
      if (!isBack) throw new RegistryUnavailable('the registry is unreachable');
      return { outcome, reason, isNew: true };
    };
    const notAsked = () => Promise.reject(new Error('not asked for'));
    const records = { openCall: notAsked, keepSteps: notAsked, closeCall };
    const ledger = new CallLedger({ registry: records, onFault: () => undefined });
    for (let call = 0; call < 10_000; call++) {
      expect(ledger.isFull).toBe(false);
      void ledger.close(aCall(), { outcome: 'fault', reason: 'the database is away', durationMs: 1 });
    }
    expect(ledger.isFull).toBe(true);
    await until(() => asked >= 4);
    expect(asked).toBeLessThan(20);
    isBack = true;
    await ledger.flush();
    expect(ledger.isFull).toBe(false);
    expect(asked).toBeGreaterThanOrEqual(10_000);
  });
});

test('a disk that is full costs no call: what was noted stays, and the database gets each row', async () => {
  const call = aCall();
  const faults: unknown[] = [];
  journal = await CallJournal.open(folder);
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const ledger = new CallLedger({ registry, journal, onFault: (error) => faults.push(error) });
  jest.spyOn(journal, 'end').mockRejectedValue(full);
  await ledger.open(call);
  expect(
    await ledger.close(call, { outcome: 'hung-up', reason: 'the caller hung up', durationMs: 1 }),
  ).toMatchObject({
    outcome: 'hung-up',
  });
  await ledger.flush();
  expect(faults).toEqual([full]);
  expect(notes()).toEqual([]);
});

test('a disk that hangs holds up no call', async () => {
  const call = aCall();
  const faults: unknown[] = [];
  journal = await CallJournal.open(folder);
  const ledger = new CallLedger({ registry, journal, onFault: (error) => faults.push(error) });
  // Nobody reads from it: opening it to write waits for ever.
  execFileSync('mkfifo', [join(folder, call.callId)]);
  expect(await ledger.open(call)).toBe('admitted');
  expect(faults).toMatchObject([
    { name: 'JournalFailed', message: expect.stringContaining('500 ms') as string },
  ]);
  closeSync(openSync(join(folder, call.callId), constants.O_RDONLY | constants.O_NONBLOCK));
});

test('a folder that cannot be used prevents the start, and the error names the setting; another file in it stays untouched', async () => {
  const file = join(folder, 'notes.txt');
  writeFileSync(file, '');
  chmodSync(file, 0o600);
  await expect(CallJournal.open(file)).rejects.toThrow(
    /^the folder of JOURNAL_DIRECTORY cannot be written \((ENOTDIR|EEXIST): /,
  );
  await expect(CallJournal.open('/proc/journal/here')).rejects.toThrow(/cannot be written \(ENOENT: /);
  expect(await successor()).toBe(0);
  expect(readdirSync(folder).sort()).toEqual(['lock', 'notes.txt', 'steps']);
});
