/**
 * Runs trials with real calls, one after the other, against a `hotline run` in this process's own
 * network and mount namespaces. One proxy stands before its database, one before Asterisk's REST
 * interface; each service has a disk of its own, and Asterisk a clock of its own:
 *
 *     node tools/chaos/call-lane.ts SEED NUMBER,NUMBER… CALLERS TEMPLATE
 *
 * Prints a line when it has started, and a JSON line for each trial. Started by campaign.ts.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { runState } from '../../src/local/run-state.ts';
import { kill, whenHealthy } from '../../tests/support/machine/hotline-under-test.ts';
import { AriProxy } from '../../tests/support/machine/ari-proxy.ts';
import { laneStarted } from './call-campaign.ts';
import { CallDatabase } from './call-database.ts';
import { CallStage, type CallResult } from './call-stage.ts';
import { planCallTrial } from './call-trial.ts';
import { DatabaseProxy } from './database-proxy.ts';
import { LogReader } from './log-reader.ts';
import { PbxClock } from './pbx-clock.ts';

const [seed = '1', numbers = '1', callers = '4', template = ''] = process.argv.slice(2);
const checkout = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'hotline-calls-'));
process.env['HOTLINE_TEST_STATE'] = directory;
const tell = (result: CallResult) => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (result.violations.length > 0) keepLogs(result.trial.seed);
};

/** A trial that this machine could not measure is run again, up to twice. What is in doubt then, campaign.ts runs alone. */
async function inNoDoubt(run: () => Promise<CallResult>): Promise<CallResult> {
  for (let repeats = 0; ; repeats++) {
    const result = { ...(await run()), repeats };
    if (!result.isInDoubt || repeats === 2) return result;
    process.stderr.write(`This machine stood still in trial ${result.trial.seed}, which is run again\n`);
  }
}

/** Copies the logs out of the run state, which ends with this process. */
function keepLogs(trial: string): void {
  const kept = join(tmpdir(), `hotline-chaos-${trial}`);
  for (const logs of ['logs', 'asterisk/log'])
    cpSync(join(directory, logs), kept, {
      recursive: true,
      filter: (file) => !file.endsWith('application.log'),
    });
  process.stderr.write(`The logs of trial ${trial} are in ${kept}\n`);
}

const [ariPort, databasePort] = [18088, 23306];
const state = runState(directory);
const faultFile = join(state.journal, 'inside-fault'); // where the application may read
const disks = { application: state.journal, pbx: state.pbx, database: state.database };

/** A file system of its own for the run state, and for what each service writes. */
function mountDisks(): void {
  const mount = (path: string, options: string) => {
    mkdirSync(path, { recursive: true });
    spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  };
  mount(directory, 'size=200m,mode=0700');
  mount(disks.application, 'size=1m,mode=0700');
  mount(disks.pbx, 'size=32m,mode=0755');
  mount(disks.database, 'size=420m,mode=0750');
  cpSync(template, disks.database, { recursive: true, preserveTimestamps: true });
  spawnSync('chown', ['-R', `--reference=${template}`, disks.database]);
}

let run: ChildProcess | undefined;
process.stdin.resume().once('end', () => {
  run?.kill('SIGKILL'); // the campaign is gone; what its hotline has started ends with it
  process.exit(1);
});

/** Starts the hotline and resolves when it can be called. */
async function start(root: string): Promise<void> {
  const { resolve, reject, promise } = Promise.withResolvers<void>();
  run = spawn(process.execPath, ['src/cli.ts', 'run', '--state', directory, '--root', root], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      HOTLINE_FAULT_FILE: faultFile,
      NODE_OPTIONS: `--import ${join(import.meta.dirname, 'inside-application.ts')}`,
    },
  });
  let printed = '';
  run.stdout?.on('data', (text: Buffer) => {
    printed += text.toString();
    if (printed.includes('hotline ready')) resolve();
  });
  run.once('exit', () => reject(new Error(printed)));
  return promise;
}

mountDisks();
writeFileSync(
  state.env,
  `ARI_URL=http://127.0.0.1:${ariPort}\nDATABASE_URL=mysql://hotline:${randomBytes(12).toString('hex')}@127.0.0.1:${databasePort}/hotline\n`,
  { mode: 0o600 },
);
const [ari, database] = await Promise.all([
  AriProxy.start(ariPort, 8088),
  DatabaseProxy.start('mysql://127.0.0.1:13306', databasePort),
]);
try {
  const pbxClock = new PbxClock(join(checkout, '.hotline/root'), join(directory, 'overlay'));
  await start(pbxClock.root);
  const log = new LogReader(join(state.logs, 'application.log'), join(state.logs, 'application-read.log'));
  await kill('application'); // the next one writes to the pipe
  await whenHealthy();
  const server = new CallDatabase(directory);
  const stage = new CallStage({ ari, database, server, log, pbxClock, disks, faultFile });
  process.stdout.write(`${laneStarted}\n`);
  for (const number of numbers.split(',').map(Number))
    tell(await inNoDoubt(() => stage.run(planCallTrial(seed, number, Number(callers)))));
  await stage.close();
} catch (error) {
  process.stderr.write(`The lane ends: ${inspect(error)}\n`); // what is left has no verdict
} finally {
  if (run !== undefined) {
    run.kill('SIGTERM');
    await Promise.race([once(run, 'exit'), pause(40_000)]);
    run.kill('SIGKILL'); // if it still runs, its services end with it
  }
  spawnSync('umount', ['--lazy', '--recursive', directory]);
  rmSync(directory, { recursive: true, force: true });
  process.exit();
}
