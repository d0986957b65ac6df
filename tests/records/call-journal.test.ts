/** Rows of calls whose process died while the database was unreachable. */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallJournal } from '../../src/records/call-journal.ts';
import { CallLedger } from '../../src/records/call-ledger.ts';
import { RegistryUnavailable } from '../../src/registry/registry-unavailable.ts';
import type { CallOpening } from '../../src/registry/call-records.ts';
import { MemoryRegistry } from '../support/fakes/memory-registry.ts';

let folder: string;
let registry: MemoryRegistry;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'journal-test-'));
  registry = new MemoryRegistry();
  for (const instanceId of ['first', 'second'])
    await registry.holdNode({ instanceId, node: instanceId, process: '' });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The ledger of one process; what it holds in memory is lost with it. */
async function application(): Promise<CallLedger> {
  const journal = await CallJournal.open(folder);
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
  maskedPhone: '+84912***678',
  phoneKey: null,
});

/** A second process closes the calls that the first one did not. Returns how many it found. */
async function successor(): Promise<number> {
  const ledger = await application();
  const { calls, written } = await ledger.closeInterrupted('second', {
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
  expect(await successor()).toBe(1);
  expect(registry.audit).toMatchObject([
    { callId: call.callId, outcome: 'interrupted', maskedPhone: '+84912***678' },
  ]);
  expect(registry.openCalls.size).toBe(0);
  expect(await successor()).toBe(0);
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

test('the calls that the process itself has taken by then stay open', async () => {
  const call = { ...aCall(), instanceId: 'second' };
  await (await application()).open(call);
  expect(await successor()).toBe(0);
  expect(registry.openCalls.has(call.callId)).toBe(true);
});

test('a call that ended keeps the row it has; nothing of it stays in the journal', async () => {
  const [ended, refused] = [aCall(), aCall()];
  const ledger = await application();
  await ledger.open(ended);
  void ledger.close(ended, { outcome: 'hung-up', reason: 'the caller hung up', durationMs: 1 });
  ledger.refuse(refused, { outcome: 'limited', reason: 'all lines are busy', durationMs: 0 });
  await ledger.flush();
  expect(readdirSync(folder)).toEqual([]);
  expect(await successor()).toBe(0);
  expect(registry.audit).toMatchObject([
    { outcome: 'hung-up' },
    { outcome: 'limited', reason: 'all lines are busy', maskedPhone: '+84912***678' },
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
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that cannot be used prevents the start, and the error names the setting; another file in it stays untouched', async () => {
  const file = join(folder, 'notes.txt');
  writeFileSync(file, '');
  chmodSync(file, 0o600);
  await expect(CallJournal.open(file)).rejects.toThrow(
    /^the folder of JOURNAL_DIRECTORY cannot be written \((ENOTDIR|EEXIST)\)/,
  );
  expect(await successor()).toBe(0);
  expect(readdirSync(folder)).toEqual(['notes.txt']);
});
