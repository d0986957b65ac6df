/**
 * `make test`: sets up what the tests need, then runs them all.
 *
 *     node tests/run.ts                  everything
 *     node tests/run.ts hotline/branch   only the files whose path holds this
 *
 * The tests that need no running hotline have a Docker engine for the databases and images. Beside
 * them, each file of real calls (tests/e2e) has a hotline of its own, in a private network with
 * nothing but loopback. Ends with one line that counts them; exits 1 if any failed, or, where CI is
 * set, if any was skipped.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Turns } from '../src/accounts/turns.ts';
import { installPackages } from './support/debian-packages.ts';
import { inPrivateNetwork } from './support/private-network.ts';
import { ensurePrivateRoot } from './support/private-root.ts';
import { asRoot } from './support/run-as-root.ts';

const checkout = join(import.meta.dirname, '..');
const runState = join(checkout, '.hotline');
/** Hotlines called side by side, and the other tests beside them: a call is mostly waiting. */
const hotlinesAtOnce = 2;
/** What some tests call: namespaces with loopback, and making recordings. */
const hostPackages = { iproute2: 'ip', sox: 'sox', 'espeak-ng': 'espeak-ng' };

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What Jest writes with --json, as far as it is counted here. */
interface JestSummary {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Ctrl-C or SIGTERM: what runs is told and ends in its own way, nothing new begins. */
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort('SIGTERM'));
process.on('SIGINT', () => stop.abort()); // the terminal tells the children itself

async function run(command: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
  if (stop.signal.aborted) return;
  const child = spawn(command[0]!, command.slice(1), { cwd: checkout, stdio: 'inherit', env: { ...process.env, ...environment } });
  const pass = () => stop.signal.reason === 'SIGTERM' && child.kill('SIGTERM');
  stop.signal.addEventListener('abort', pass);
  await once(child, 'exit');
  stop.signal.removeEventListener('abort', pass);
}

const jestCommand = (config: string) => [
  process.execPath,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/.bin/jest',
  ...['--config', config, '--passWithNoTests'],
];
const only = process.argv.slice(2);

/** Runs Jest through `wrap`, and counts; a run that left no result counts as one failure. */
async function jest(config: string, files: readonly string[], wrap: (command: string[]) => string[], environment: NodeJS.ProcessEnv = {}): Promise<Counts> {
  const result = join(mkdtempSync(join(runState, 'result-')), 'jest.json');
  const command = [...jestCommand(config), '--json', '--outputFile', result, ...files];
  await run(wrap(command), environment);
  if (!existsSync(result)) return { passed: 0, failed: 1, skipped: 0 };
  const summary = JSON.parse(readFileSync(result, 'utf8')) as JestSummary;
  rmSync(join(result, '..'), { recursive: true });
  return {
    passed: summary.numPassedTests,
    failed: Math.max(summary.numFailedTests + summary.numRuntimeErrorTestSuites, summary.success ? 0 : 1),
    skipped: summary.numPendingTests,
  };
}

/** The files of a configuration that `only` names; all if it names none. */
function filesOf(config: string): string[] {
  const [program = '', ...words] = [...jestCommand(config), '--listTests', ...only];
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: checkout, encoding: 'utf8' });
  if (status !== 0) throw new Error(`jest cannot list the tests of ${config}:\n${stderr}`);
  return stdout.split('\n').filter(Boolean).sort();
}

/** The tests that need no running hotline, file after file. */
function otherTests(): Promise<Counts> {
  return jest('jest.config.ts', only, (command) => [process.execPath, 'tests/support/with-docker-engine.ts', ...command]);
}

/** The real calls of one file. The logs of its hotline stay if a test failed. */
async function realCalls(file: string): Promise<Counts> {
  const state = mkdtempSync(join(runState, `test-${basename(file, '.test.ts')}-`));
  const counts = await jest('jest.e2e.config.ts', [file], (command) => asRoot(inPrivateNetwork(command)), { HOTLINE_TEST_STATE: state });
  if (counts.failed === 0) rmSync(state, { recursive: true });
  else process.stdout.write(`The logs of the hotline that ${basename(file)} called are in ${join(state, 'logs')}\n`);
  return counts;
}

const isMissing = (program: string) => spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin"; command -v ${program}`]).status !== 0;
const missing = Object.entries(hostPackages).flatMap(([name, program]) => (isMissing(program) ? [name] : []));
if (missing.length > 0) installPackages(missing, (line) => void process.stderr.write(`${line}\n`));
await ensurePrivateRoot();

const hotlines = new Turns(hotlinesAtOnce);
const parts = await Promise.all([
  ...(filesOf('jest.config.ts').length > 0 ? [otherTests()] : []),
  ...filesOf('jest.e2e.config.ts').map((file) => hotlines.take(() => realCalls(file))),
]);
const [passed, failed, skipped] = (['passed', 'failed', 'skipped'] as const).map((kind) => parts.reduce((sum, part) => sum + part[kind], 0)) as [
  number,
  number,
  number,
];
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 || (process.env['CI'] && skipped > 0) ? 1 : 0;
