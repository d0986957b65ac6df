/**
 * `make test`: sets up what the tests need, then runs them all.
 *
 *     node tests/run.ts                  everything
 *     node tests/run.ts hotline/branch   only the files whose path holds this
 *
 * First the tests that need no running hotline (with a Docker engine for the databases and
 * images), then real calls to a hotline of their own, in a private network with nothing but
 * loopback. Ends with one line that counts them; exits 1 if any failed, or, where CI is set, if
 * any was skipped.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './support/debian-packages.ts';
import { inPrivateNetwork } from './support/private-network.ts';
import { ensurePrivateRoot } from './support/private-root.ts';
import { asRoot } from './support/run-as-root.ts';

const checkout = join(import.meta.dirname, '..');
const runState = join(checkout, '.hotline');
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

async function run(command: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const child = spawn(command[0]!, command.slice(1), { cwd: checkout, stdio: 'inherit', env: { ...process.env, ...environment } });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', pass);
  process.on('SIGINT', () => undefined); // the terminal tells the child itself
  await once(child, 'exit');
  process.off('SIGTERM', pass);
}

/** Runs Jest through `wrap`, and counts; a run that left no result counts as one failure. */
async function jest(config: string, wrap: (command: string[]) => string[], environment: NodeJS.ProcessEnv = {}): Promise<Counts> {
  const result = join(mkdtempSync(join(runState, 'result-')), 'jest.json');
  const node = [process.execPath, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const filter = process.argv.slice(2);
  const command = [...node, 'node_modules/.bin/jest', '--config', config, '--passWithNoTests', '--json', '--outputFile', result, ...filter];
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

const isMissing = (program: string) => spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin"; command -v ${program}`]).status !== 0;
const missing = Object.entries(hostPackages).flatMap(([name, program]) => (isMissing(program) ? [name] : []));
if (missing.length > 0) installPackages(missing, (line) => void process.stderr.write(`${line}\n`));
await ensurePrivateRoot();

const alone = await jest('jest.config.ts', (command) => [process.execPath, 'tests/support/with-docker-engine.ts', ...command]);
const state = mkdtempSync(join(runState, 'test-'));
const calls = await jest('jest.e2e.config.ts', (command) => asRoot(inPrivateNetwork(command)), { HOTLINE_TEST_STATE: state });
const [passed, failed, skipped] = (['passed', 'failed', 'skipped'] as const).map((kind) => alone[kind] + calls[kind]) as [number, number, number];
if (failed === 0) rmSync(state, { recursive: true });
else process.stdout.write(`The logs of the hotline under test are in ${join(state, 'logs')}\n`);
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 || (process.env['CI'] && skipped > 0) ? 1 : 0;
