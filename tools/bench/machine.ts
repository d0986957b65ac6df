/** What a run was measured on. */
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import type { RowDataPacket } from 'mysql2/promise';
import { registryDatabase } from '../../tests/support/machine/citizens.ts';
import { pbxConsole } from '../../tests/support/machine/pbx-console.ts';

/** The commit of the checkout, marked where tracked files differ from it: `766040e9`, `766040e9-dirty`. */
export function describeCommit(): string {
  const words = ['describe', '--always', '--dirty'];
  return execFileSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
}

/** The machine and the versions, by name. The hotline must be running. */
export async function describeMachine(commit: string): Promise<Record<string, string>> {
  const processors = cpus();
  const [[server]] = await registryDatabase().query<RowDataPacket[]>('SELECT VERSION() AS version');
  return {
    processors: `${processors.length} × ${processors[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: `${type()} ${release()}`,
    Node: process.version,
    Asterisk: /Asterisk (\S+)/.exec(await pbxConsole('core show version'))?.[1] ?? 'unknown',
    database: String(server!['version']),
    commit,
  };
}
