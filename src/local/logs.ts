/** The logs of a run state: each start begins them anew and keeps those of the start before. */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { checkoutOwner, makeDirectory, writePrivateFile, type RunState } from './run-state.ts';

/** Of each log that is kept, bytes: its end says why a start failed. */
const keptBytes = 10_000_000;

/** Begins empty logs, after {@link keepLogs}. */
export function beginLogs(state: RunState): void {
  const owner = checkoutOwner();
  makeDirectory(state.logs, owner);
  keepLogs(state.logs);
  for (const name of ['debian', 'mariadb', 'asterisk', 'application', 'sms'])
    writePrivateFile(join(state.logs, `${name}.log`), '', owner, 0o640);
}

/** Does {@link keepLog} for each log of a folder. */
export function keepLogs(folder: string): void {
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.log'))) keepLog(join(folder, name));
}

/** Renames a log to `….1`, in place of an older one, and keeps no more than its last 10 MB. An empty one is not kept. */
function keepLog(log: string): void {
  if (!existsSync(log) || statSync(log).size === 0) return;
  dropBeginning(log);
  renameSync(log, `${log}.1`);
}

function dropBeginning(log: string): void {
  const { size } = statSync(log);
  if (size <= keptBytes) return;
  const file = openSync(log, 'r+');
  try {
    const end = Buffer.alloc(keptBytes);
    writeSync(file, end.subarray(0, readSync(file, end, 0, keptBytes, size - keptBytes)), 0, undefined, 0);
    ftruncateSync(file, keptBytes);
  } finally {
    closeSync(file);
  }
}
