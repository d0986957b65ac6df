/** Hashes and the files of the journal share libuv's pool of threads. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashesAtOnce, hashing, hashInTurn } from '../../src/accounts/password-hash.ts';
import { CallJournal } from '../../src/records/call-journal.ts';

const shipped = hashing.concurrency;
const folder = mkdtempSync(join(tmpdir(), 'notes-beside-hashes-'));
const fifos = Array.from({ length: hashesAtOnce(64) }, (_, index) => join(folder, `hash-${index}`));
const hashes: Promise<void>[] = [];
afterAll(async () => {
  const writers = fifos.map((fifo) => openSync(fifo, 'r+'));
  await Promise.all(hashes);
  writers.forEach(closeSync);
  hashing.concurrency = shipped;
  rmSync(folder, { recursive: true });
});

/** Keeps a thread of the pool, as a hash does for its time, until the FIFO has a writer. */
async function waitForWriter(fifo: string): Promise<void> {
  await (await open(fifo)).close();
}

test('while as many hashes run as ever may, a call is noted and its note is removed', async () => {
  execFileSync('mkfifo', fifos);
  const journal = await CallJournal.open(join(folder, 'journal'));
  hashing.concurrency = fifos.length;
  for (const fifo of fifos) hashes.push(hashInTurn(() => waitForWriter(fifo)));
  const callId = randomUUID();
  await journal.add({ callId, instanceId: 'this', channelId: '1.1', maskedPhone: '', phoneKey: null });
  await journal.remove(callId);
  await journal.remove(callId); // of one that is gone already, too
  expect(hashing.activeCount).toBe(fifos.length);
  await journal.close();
}, 10_000); // where no thread is left for the note, it waits for ever
