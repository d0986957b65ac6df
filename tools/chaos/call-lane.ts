/**
 * Runs trials with real calls, one after the other, against a `hotline run` in this process's own
 * network and mount namespaces. One proxy stands before its database, one before Asterisk's REST
 * interface:
 *
 *     node tools/chaos/call-lane.ts SEED NUMBER,NUMBER… CALLERS
 *
 * Prints a JSON line for each trial. Started by campaign.ts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AriProxy } from './ari-proxy.ts';
import { CallStage, type CallResult } from './call-stage.ts';
import { planCallTrial } from './call-trial.ts';
import { DatabaseProxy } from './database-proxy.ts';

const [seed = '1', numbers = '1', callers = '4'] = process.argv.slice(2);
const checkout = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'hotline-calls-'));
process.env['HOTLINE_TEST_STATE'] = directory;
const tell = (result: CallResult) => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (result.violations.length > 0) keepLogs(result.trial.seed);
};

/** Copies the logs out of the run state, which ends with this process. */
function keepLogs(trial: string): void {
  const kept = join(tmpdir(), `hotline-chaos-${trial}`);
  cpSync(join(directory, 'logs'), kept, { recursive: true });
  process.stderr.write(`The logs of trial ${trial} are in ${kept}\n`);
}

spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600m,mode=0700', 'tmpfs', directory]);
const [ariPort, databasePort] = [18088, 23306];
writeFileSync(
  join(directory, 'env'),
  `ARI_URL=http://127.0.0.1:${ariPort}\nDATABASE_URL=mysql://hotline:${randomBytes(12).toString('hex')}@127.0.0.1:${databasePort}/hotline\n`,
  { mode: 0o600 },
);
const clockFile = join(directory, 'journal/clock'); // where the application may read
const [ari, database] = await Promise.all([
  AriProxy.start(ariPort, 8088),
  DatabaseProxy.start('mysql://127.0.0.1:13306', databasePort),
]);
const run = spawn(process.execPath, ['src/cli.ts', 'run', '--state', directory], {
  cwd: checkout,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    HOTLINE_CLOCK_FILE: clockFile,
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'shiftable-clock.ts')}`,
  },
});
const ready = Promise.withResolvers<void>();
let printed = '';
run.stdout.on('data', (text: Buffer) => {
  printed += text.toString();
  if (printed.includes('hotline ready')) ready.resolve();
});
run.once('exit', () => ready.reject(new Error(printed)));
try {
  await ready.promise;
  const stage = new CallStage({ ari, database, directory, clockFile });
  for (const number of numbers.split(',').map(Number))
    tell(await stage.run(planCallTrial(seed, number, Number(callers))));
  await stage.close();
} finally {
  run.kill('SIGTERM');
  await Promise.race([new Promise((resolve) => run.once('exit', resolve)), pause(40_000)]);
  spawnSync('umount', ['--lazy', directory]);
  rmSync(directory, { recursive: true, force: true });
  process.exit();
}
