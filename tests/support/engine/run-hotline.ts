import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { auditKey, hashKey } from './audited-calls.ts';
import type { MigratedDatabase } from './describe-with-registry.ts';

const cli = join(import.meta.dirname, '../../../src/cli.ts');

/** What a command printed, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `hotline …` on this database, with the keys of {@link auditKey} and {@link hashKey}. */
export async function runHotline(
  database: MigratedDatabase,
  args: readonly string[],
  input = '',
  changed: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const settings = {
    DATABASE_URL: database.applicationUrl,
    DATABASE_OWNER_URL: database.url,
    AUDIT_KEY: auditKey,
    HASH_KEY: hashKey,
  };
  const program = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...settings, ...changed },
  });
  const text = { out: '', err: '' };
  program.stdout.on('data', (data) => (text.out += data));
  program.stderr.on('data', (data) => (text.err += data));
  program.stdin.on('error', () => undefined); // it may end without reading
  program.stdin.end(input);
  const [code] = await once(program, 'close');
  return { code, ...text };
}
