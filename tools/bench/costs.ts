/** What Asterisk, the database and the applications have taken so far; a turn's costs are the difference. */
import { readFileSync } from 'node:fs';
import type { RowDataPacket } from 'mysql2/promise';
import { registryDatabase } from '../../tests/support/machine/citizens.ts';
import type { Processes } from './hotline.ts';
import { readMachine, readMainThread, readProcess } from './processor-time.ts';

/** Of the database, since it started. */
export interface DatabaseWork {
  /** That clients have sent. */
  readonly statements: number;
  /** Writes to the redo log, each of which is followed by a sync to the disk (innodb_flush_log_at_trx_commit = 1). */
  readonly logWrites: number;
  readonly logBytes: number;
  /** How long the hotline's calls held connections of their pool (DATABASE_POOL_SIZE), all together. */
  readonly heldMs: number;
}

export async function readCosts(processes: Processes) {
  const { pbx, database, application } = processes;
  const of = (pid: number) => ({ all: readProcess(pid), eventLoop: readMainThread(pid) });
  return {
    ...{ pbx: readProcess(pbx), database: readProcess(database), ...readMachine() },
    applications: {
      floor: { all: 0, eventLoop: 0 },
      ...{ ours: of(application.ours), ari: of(application.ari), agi: of(application.agi) },
    },
    work: await readWork(),
    atMs: performance.now(),
  };
}

async function readWork(): Promise<DatabaseWork> {
  const [rows] = await registryDatabase().query<RowDataPacket[]>('SHOW GLOBAL STATUS');
  const counts = new Map(rows.map((row) => [String(row['Variable_name']), Number(row['Value'])]));
  const count = (name: string) => counts.get(name) ?? NaN;
  const metrics = await (await fetch('http://127.0.0.1:9464/metrics')).text();
  const sum = (name: string) =>
    [
      ...metrics.matchAll(
        new RegExp(`^hotline_database_${name}_seconds_sum\\{.*pool="registry".*\\} (.*)$`, 'gm'),
      ),
    ]
      .map(([, seconds]) => Number(seconds) * 1000)
      .reduce((total, ms) => total + ms, 0);
  return {
    statements: count('Questions'),
    logWrites: count('Innodb_log_writes'),
    logBytes: count('Innodb_os_log_written'),
    heldMs: sum('work') - sum('wait'), // the wait for a connection is counted in both
  };
}

export function subtract(after: DatabaseWork, before: DatabaseWork): DatabaseWork {
  return {
    statements: after.statements - before.statements,
    logWrites: after.logWrites - before.logWrites,
    logBytes: after.logBytes - before.logBytes,
    heldMs: after.heldMs - before.heldMs,
  };
}

/** What Asterisk, the hotline and the database hold in memory, MB. */
export interface Memory {
  readonly pbx: number;
  readonly hotline: number;
  readonly database: number;
}

/** @returns resident memory, which shared libraries are a part of (proc(5)) */
export function readMemory({ pbx, database, application }: Processes): Memory {
  const of = (pid: number) =>
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  return { pbx: of(pbx), hotline: of(application.ours), database: of(database) };
}

/** Looks at the memory every second. @returns the function that ends it, which gives the most of each */
export function watchMemory(processes: Processes): () => Memory {
  let most = readMemory(processes);
  const timer = setInterval(() => {
    const now = readMemory(processes);
    most = {
      pbx: Math.max(most.pbx, now.pbx),
      hotline: Math.max(most.hotline, now.hotline),
      database: Math.max(most.database, now.database),
    };
  }, 1000);
  return () => {
    clearInterval(timer);
    return most;
  };
}
