/** Runs commands of the hotline on a database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const cli = join(import.meta.dirname, '../../../src/cli.ts');

/** Runs one to its end. */
export async function run(
  args: string[],
  databaseUrl: string,
): Promise<{ code: number; out: string; err: string }> {
  const program = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  const text = { out: '', err: '' };
  program.stdout.on('data', (data) => (text.out += data));
  program.stderr.on('data', (data) => (text.err += data));
  const [code] = await once(program, 'close');
  return { code, ...text };
}
