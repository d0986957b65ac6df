/**
 * `make test`: sets up what the tests need, then runs them all.
 *
 *     node tests/run.ts                  everything
 *     node tests/run.ts hotline/branch   only the files whose path holds this, and only what these need
 *
 * Five things run side by side: two of the files that need databases or images, with a Docker engine, and
 * three of the others. Each file of real calls (tests/e2e) has a hotline of its own, in a private network
 * with nothing but loopback. Ends with the names of those that failed and one line that counts them all;
 * exits 1 if any failed, or, where CI is set, if any was skipped.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import pLimit from 'p-limit';
import { installPackages } from './support/engine/debian-packages.ts';
import { ensureUnpacked, unpackedPrograms } from './support/engine/unpacked-programs.ts';
import { inPrivateNetwork } from './support/machine/private-network.ts';
import { ensurePrivateRoot } from './support/machine/private-root.ts';
import { asRoot } from './support/machine/run-as-root.ts';
import { needsOf, packagesOf, startHotlines } from './support/needs.ts';

const checkout = join(import.meta.dirname, '..');
const runState = join(checkout, '.hotline');
/** Jobs beside the engine's tests, and without them; most are calls to a hotline: a call is mostly waiting. */
const jobsAtOnce = { besideEngine: 3, alone: 4 };
/** Begun first: the long ones, so that the run does not end with one of them alone, and those that load the machine. */
const first = ['faults', 'cut-off', 'leaks', 'limits', 'campaign', 'call-back-faults', 'flood', 'fuzz'];
/** Begun last, when the machine has least to do: they measure sound, or key as fast as people can. */
const last = ['bench', 'silence', 'phones', 'hold', 'keys', 'offers', 'ari-channel'];
/** How a part of the tests went. */
interface Outcome {
  readonly passed: number;
  /** File and title, as Jest names them; the file alone, or the part, where no test got as far as running. */
  readonly failed: readonly string[];
  readonly skipped: number;
}

/** What Jest writes with --json, as far as it is read here. */
interface JestSummary {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Ctrl-C or SIGTERM: what runs is told and ends in its own way, nothing new begins. */
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort()); // the terminal tells the children of this session itself

interface RunOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /**
   * In a session of its own. Linux shares the processor among sessions (sched(7), autogroup), and the services of a
   * hotline have one each: the callers of all files together would get the share of one service.
   */
  readonly ownSession?: boolean;
}

async function run(
  command: readonly string[],
  { environment = {}, ownSession = false }: RunOptions = {},
): Promise<void> {
  const child = spawn(command[0]!, command.slice(1), {
    cwd: checkout,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    detached: ownSession,
  });
  const tell = (signal: 'TERM' | 'INT') => {
    const line = `kill -s ${signal} -- ${ownSession ? '-' : ''}${child.pid}`;
    const [kill = '', ...words] = asRoot(['sh', '-c', line]); // it may be root's
    spawnSync(kill, words, { stdio: 'ignore' });
  };
  // In a session of its own all that it started is told, which would not end with it.
  const terminate = () => tell('TERM');
  const interrupt = () => ownSession && tell('INT');
  process.on('SIGTERM', terminate);
  process.on('SIGINT', interrupt);
  await once(child, 'exit');
  process.off('SIGTERM', terminate);
  process.off('SIGINT', interrupt);
}

const jestCommand = (config: string) => [
  process.execPath,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/.bin/jest',
  ...['--config', config],
];
// A test that calls make is no make within `make test`: that one would say which directory it enters.
for (const name of ['MAKEFLAGS', 'MFLAGS', 'MAKELEVEL']) delete process.env[name];

const only = process.argv.slice(2);

/** Runs Jest through `wrap`, unless we were asked to stop; a run that left no result, or does not say why it failed, counts as one failure. */
async function jest(
  config: string,
  which: readonly string[],
  wrap: (command: string[]) => string[],
  options: RunOptions = {},
): Promise<Outcome> {
  if (stop.signal.aborted) return { passed: 0, failed: [], skipped: 0 };
  const directory = mkdtempSync(join(runState, 'result-'));
  const result = join(directory, 'jest.json');
  const command = [...jestCommand(config), '--json', '--outputFile', result, ...which];
  await run(wrap(command), options);
  const summary = existsSync(result) ? (JSON.parse(readFileSync(result, 'utf8')) as JestSummary) : undefined;
  rmSync(directory, { recursive: true });
  const unexplained = [config, ...which].join(' ');
  if (summary === undefined) return { passed: 0, failed: [unexplained], skipped: 0 };
  const failed = summary.testResults.filter(({ status }) => status === 'failed').flatMap(failures);
  return {
    passed: summary.numPassedTests,
    failed: summary.success || failed.length > 0 ? failed : [unexplained],
    skipped: summary.numPendingTests,
  };
}

function failures({ name, assertionResults }: JestSummary['testResults'][number]): string[] {
  const file = relative(checkout, name);
  const titles = assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => `${file} › ${fullName}`);
  return titles.length > 0 ? titles : [file];
}

/** The files of a configuration that `only` names; all if it names none. */
function filesOf(config: string): string[] {
  const [program = '', ...words] = [...jestCommand(config), '--listTests', ...only];
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: checkout, encoding: 'utf8' });
  if (status !== 0) throw new Error(`jest cannot list the tests of ${config}:\n${stderr}`);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((file) => relative(checkout, file))
    .sort();
}

/** Files that need no hotline. They give way to the calls, whose sound is real time. */
function withoutHotline(
  files: readonly string[],
  { around = [], atOnce = 1 }: { around?: readonly string[]; atOnce?: number } = {},
): Promise<Outcome> {
  const which = ['--maxWorkers', String(atOnce), '--runTestsByPath', ...files];
  return jest('jest.config.ts', which, (command) => [...['nice', '-n', '10'], ...around, ...command]);
}

/**
 * Those among them that need databases or images, two at a time: building the hotline's images mostly waits
 * for the network.
 */
function withEngine(files: readonly string[]): Promise<Outcome> {
  const around = [process.execPath, 'tests/support/engine/with-docker-engine.ts'];
  return withoutHotline(files, { around, atOnce: 2 });
}

/** The real calls of one file. The logs of its hotline stay if a test failed. */
async function realCalls(file: string): Promise<Outcome> {
  const state = mkdtempSync(join(runState, `test-${basename(file, '.test.ts')}-`));
  const inNetwork = (command: string[]) => asRoot(inPrivateNetwork(command));
  const outcome = await jest('jest.e2e.config.ts', ['--runTestsByPath', file], inNetwork, {
    environment: { HOTLINE_TEST_STATE: state },
    ownSession: true,
  });
  if (outcome.failed.length === 0)
    await run(asRoot(['rm', '-rf', state])); // the services' files are not ours
  else
    process.stdout.write(
      `The logs of the hotline that ${basename(file)} called are in ${join(state, 'logs')}\n`,
    );
  return outcome;
}

/** In the order in which they begin. */
function inOrder(files: readonly string[]): string[] {
  const names = (named: readonly string[]) =>
    named.flatMap((name) => files.filter((file) => basename(file, '.test.ts') === name));
  const [begin, end] = [names(first), names(last)];
  return [...begin, ...files.filter((file) => !begin.includes(file) && !end.includes(file)), ...end];
}

function partition(files: readonly string[], isFirst: (file: string) => boolean): [string[], string[]] {
  return [files.filter(isFirst), files.filter((file) => !isFirst(file))];
}

const isMissing = (program: string) =>
  spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin"; command -v ${program}`]).status !== 0;
const [others, calls] = [filesOf('jest.config.ts'), filesOf('jest.e2e.config.ts')];
if (others.length + calls.length === 0) {
  process.stderr.write(`No file of tests has ${only.join(' or ')} in its path.\n`);
  process.exit(1);
}
const needs = new Set([...others, ...calls].flatMap((file) => [...needsOf(file)]));
const packages = [...needs].flatMap((need) => Object.entries(packagesOf[need]));
const missing = packages.filter(([, program]) => isMissing(program)).map(([name]) => name);
if (missing.length > 0) installPackages(missing, (line) => void process.stderr.write(`${line}\n`));
mkdirSync(runState, { recursive: true });
if (needs.has('pbx')) await ensurePrivateRoot();
for (const program of unpackedPrograms)
  if (needs.has(program)) ensureUnpacked(program, (line) => void process.stderr.write(`${line}\n`));

const [engineFiles, withoutEngine] = partition(others, (file) => needsOf(file).has('engine'));
const [starters, rest] = partition(withoutEngine, (file) =>
  startHotlines.some((path) => file.includes(path)),
);
/** What one of them mounts, another must not see, which looks for what was left behind. */
const ownMounts = asRoot(['unshare', '--mount', '--propagation', 'private']);
const jobs = pLimit(jobsAtOnce.besideEngine);
const engineTests = engineFiles.length > 0 ? [withEngine(engineFiles)] : [];
void Promise.all(engineTests).then(() => (jobs.concurrency = jobsAtOnce.alone));
const parts = await Promise.all([
  ...engineTests,
  ...(rest.length > 0 ? [jobs(() => withoutHotline(rest))] : []),
  ...inOrder([...calls, ...starters]).map((file) =>
    jobs(() => (starters.includes(file) ? withoutHotline([file], { around: ownMounts }) : realCalls(file))),
  ),
]);
const failed = parts.flatMap((part) => part.failed);
const sum = (kind: 'passed' | 'skipped') => parts.reduce((total, part) => total + part[kind], 0);
for (const name of failed) process.stdout.write(`failed: ${name}\n`);
const stopped = stop.signal.aborted ? ', stopped before the end' : '';
process.stdout.write(
  `${sum('passed')} passed, ${failed.length} failed, ${sum('skipped')} skipped${stopped}\n`,
);
process.exitCode =
  stop.signal.aborted || failed.length > 0 || (process.env['CI'] && sum('skipped') > 0) ? 1 : 0;
