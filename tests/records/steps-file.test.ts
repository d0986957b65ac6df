/** The steps of calls under way in the journal's folder, which outlive their process. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepsFile } from '../../src/records/steps-file.ts';
import { until } from '../support/until.ts';

let folder: string;
let path: string;
const open: StepsFile[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'steps-test-'));
  path = join(folder, 'steps');
});
afterEach(async () => {
  for (const file of open.splice(0)) await file.close();
  rmSync(folder, { recursive: true });
});

const noFault = (error: unknown): never => {
  throw error;
};

/** Calls that have begun. */
function begin(file: StepsFile, count: number): string[] {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const callId of ids) file.begin(callId);
  return ids;
}

async function opened(
  isWanted: (callId: string) => boolean = () => true,
  onFault: (error: unknown) => void = noFault,
): Promise<StepsFile> {
  const file = await StepsFile.open(path, isWanted, onFault);
  open.push(file);
  return file;
}

const stepsOf = (callId: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(callId));

test('steps are in the file soon after they are noted, and the next process finds them, but for a line that was cut off', async () => {
  const file = await opened();
  const [one = '', other = '', gone = ''] = begin(file, 3);
  for (const callId of [one, other, gone]) file.add(callId, '[0,"arrived"]');
  file.add(one, '[12,"answered"]');
  await until(() => stepsOf(one).length === 2);
  appendFileSync(path, `${other} [40,"co`);
  const next = await opened((callId) => callId !== gone);
  expect(next.of(one)).toEqual(['[0,"arrived"]', '[12,"answered"]']);
  expect(next.of(other)).toEqual(['[0,"arrived"]']);
  expect(next.of(gone)).toEqual([]);
  expect(stepsOf(gone)).toEqual([]);
});

test('steps of a process that is killed are in the file', () => {
  const callId = randomUUID();
  const script = `const { StepsFile } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/records/steps-file.ts'))});
    const file = await StepsFile.open(${JSON.stringify(path)}, () => true, () => process.exit(1));
    file.begin('${callId}');
    file.add('${callId}', '[0,"arrived"]');
    const { readFileSync } = await import('node:fs');
    while (!readFileSync(${JSON.stringify(path)}, 'utf8').includes('arrived')) await new Promise(setImmediate);
    process.kill(process.pid, 'SIGKILL');`;
  expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script])).toThrow();
  expect(stepsOf(callId)).toEqual([`${callId} [0,"arrived"]`]);
});

test('the file keeps the calls under way, and no more than a megabyte of those that have ended', async () => {
  const file = await opened();
  const [staying = ''] = begin(file, 1);
  file.add(staying, '[0,"arrived"]');
  const detail = 'x'.repeat(100);
  for (let call = 0; call < 60; call++) {
    const [callId = ''] = begin(file, 1);
    for (let step = 0; step < 300; step++) file.add(callId, `[${step},"fault","${detail}"]`);
    await until(() => stepsOf(callId).length === 300);
    file.forget(callId);
  }
  expect(statSync(path).size).toBeLessThan(1_200_000);
  expect(stepsOf(staying)).toEqual([`${staying} [0,"arrived"]`]);
});

test('a line that goes on hold and back for hours leaves three hundred steps', async () => {
  const file = await opened();
  const [callId = ''] = begin(file, 1);
  for (let step = 0; step < 10_000; step++) file.add(callId, `[${step},"held"]`);
  expect(file.of(callId)).toHaveLength(300);
});

test('a disk that takes nothing is reported once, until it takes steps again', async () => {
  const faults: unknown[] = [];
  const file = await opened(
    () => true,
    (error) => faults.push(error),
  );
  const [callId = ''] = begin(file, 1);
  await file.close(); // as a disk would, the closed file refuses every write
  open.pop();
  for (const step of [1, 2, 3]) {
    file.add(callId, `[${step},"key"]`);
    await file.close().catch(() => undefined); // once what is pending was tried
  }
  expect(faults).toHaveLength(1);
});

test('lines that grew together, or are no steps, are left out; those around them are read', async () => {
  const callId = randomUUID();
  const other = randomUUID();
  const torn = [`${callId} [40,"co${other} [50,"key"]`, `${callId} [40,"co]`, `${callId} ["key"]`, '\0\0\0'];
  writeFileSync(path, [`${callId} [0,"arrived"]`, ...torn, `${callId} [60,"key"]`, ''].join('\n'));
  expect((await opened()).of(callId)).toEqual(['[0,"arrived"]', '[60,"key"]']);
});

test('a call that has not begun, or is forgotten, has no steps, however late they come', async () => {
  const file = await opened();
  const [callId = ''] = begin(file, 1);
  file.add(randomUUID(), '[0,"arrived"]');
  file.forget(callId);
  file.add(callId, '[9000,"refund","made"]');
  await file.close();
  open.pop();
  expect(readFileSync(path, 'utf8')).toBe('');
});
