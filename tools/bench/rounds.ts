/**
 * The run itself, inside the private network, with asterisk-config/ as bench.ts has laid it. Options as bench.ts passes
 * them. Exits with 1 if one call is wrong.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { closeRegistryDatabase } from '../../tests/support/machine/citizens.ts';
import { readOptions, type BenchOptions } from './options.ts';
import { BenchCitizens } from './citizens.ts';
import { BenchHotline, callsAtOnce } from './hotline.ts';
import { describeMachine } from './machine.ts';
import { planArrivals, planRounds } from './plan.ts';
import { checkOurs, checkTwin } from './records.ts';
import { Recordings } from './recordings.ts';
import { renderReport } from './report.ts';
import { addUp, type BenchResult } from './result.ts';
import { script, type PlannedCall } from './script.ts';
import {
  compareRatios,
  ratiosOf,
  recordOf,
  shortRate,
  shortSeconds,
  type ShortRecord,
  type ShortRun,
} from './short.ts';
import { mapSystems, systemNames, systems, type System } from './systems.ts';
import { renderTable } from './table.ts';
import { takeTurn, type Turn, type TurnCall } from './turn.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** The turns of a run, by system. */
class Rounds {
  readonly #hotline: BenchHotline;
  readonly #recordings: Recordings;
  readonly #citizens = new BenchCitizens();
  readonly turns: Record<System, Turn[]> = { floor: [], ours: [], ari: [], agi: [] };

  constructor(hotline: BenchHotline, recordings: Recordings) {
    this.#hotline = hotline;
    this.#recordings = recordings;
  }

  /** Each system in its turn, round by round. */
  async inTurns({ seed, rate, seconds, rounds }: BenchOptions): Promise<void> {
    for (const [round, order] of planRounds(seed, rounds).entries()) {
      for (const system of order) {
        const arrivals = planArrivals(`${seed} ${round}`, rate, seconds);
        const plan = await this.#citizens.plan(system, arrivals);
        say(`Round ${round + 1} of ${rounds}: ${systems[system].title}, ${plan.length} calls`);
        const { faults } = addUp([(await this.#take(plan))[system]]);
        if (faults.length > 0) say(`  ${faults.length} calls went wrong; the first: ${faults[0]}`);
      }
    }
  }

  /** All systems together, then the hotline alone (short.ts). */
  async short({ seed }: BenchOptions): Promise<ShortRun> {
    const arrivals = planArrivals(seed, shortRate, shortSeconds);
    const plan = (system: System, at: readonly number[]) =>
      this.#citizens.plan(system, at, () => script.lateHangUpAtMs);
    const plans = await Promise.all(systemNames.map((system) => plan(system, arrivals)));
    say(`All systems together, ${arrivals.length} calls each`);
    const together = await this.#take(plans.flat());
    const all = planArrivals(seed, shortRate * systemNames.length, shortSeconds);
    say(`The hotline alone, ${all.length} calls`);
    const alone = await this.#take(await plan('ours', all));
    return {
      together: mapSystems((system) => addUp([together[system]])),
      alone: addUp([alone.ours]),
    };
  }

  /** @returns what is wrong with the calls on record */
  async check(): Promise<string[]> {
    const of = (system: System): TurnCall[] => this.turns[system].flatMap(({ calls }) => calls);
    const recorded = (system: System) => of(system).map((call) => ({ code: call.code, call }));
    return [
      ...(await checkOurs(recorded('ours'), await this.#citizens.oldHash)),
      ...(await checkTwin(systems.ari.title, recorded('ari'))),
      ...(await checkTwin(systems.agi.title, recorded('agi'))),
    ];
  }

  async #take(plan: readonly PlannedCall[]): Promise<Record<System, Turn>> {
    const taken = await takeTurn(plan, this.#hotline.processes, this.#recordings);
    for (const system of systemNames)
      if (taken[system].calls.length > 0) this.turns[system].push(taken[system]);
    return taken;
  }
}

function write(folder: string, result: BenchResult): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(result)}\n`);
  for (const [name, text] of Object.entries(renderReport(result))) writeFileSync(join(folder, name), text);
}

interface Findings {
  readonly wrong: readonly string[];
  readonly grown: readonly string[];
}

async function runWhole(rounds: Rounds, options: BenchOptions, loadBefore: number): Promise<Findings> {
  await rounds.inTurns(options);
  const wrong = await rounds.check();
  const { rate, seconds, rounds: count, seed, out, commit } = options;
  const command = `make bench RATE=${rate} SECONDS=${seconds} ROUNDS=${count} SEED=${seed}`;
  const result: BenchResult = {
    ...{ command, date: new Date().toISOString().slice(0, 10), machine: await describeMachine(commit) },
    ...{ rate, seconds, rounds: count, seed, loadBefore },
    systems: mapSystems((system) => addUp(rounds.turns[system])),
    wrong,
  };
  write(out, result);
  process.stdout.write(renderTable(result));
  say(`Written to ${out}; make docs brings docs/capacity.md up to date`);
  return { wrong, grown: [] };
}

/** @returns what is wrong: on record, or with all calls of a system; and the ratios that have grown too much */
async function runShort(rounds: Rounds, options: BenchOptions): Promise<Findings> {
  const run = await rounds.short(options);
  const silent = systemNames.filter((system) => run.together[system].measures.deadAir.length === 0);
  const wrong = [
    ...(await rounds.check()),
    ...silent.map((system) => `no call of ${systems[system].title} was right`),
  ];
  const file = join(options.out, 'short.json');
  if (options.short === 'renew') {
    const record = recordOf(run, await describeMachine(options.commit));
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
    say(`Written to ${file}; make docs brings docs/capacity.md up to date`);
    return { wrong, grown: [] };
  }
  const { ratios, machine, date } = JSON.parse(readFileSync(file, 'utf8')) as ShortRecord;
  const { table, grown } = compareRatios(ratiosOf(run), ratios);
  process.stdout.write(`${options.commit}, compared with ${machine['commit']} of ${date}\n${table}`);
  return { wrong, grown: grown.map((title) => `grown too much: ${title}`) };
}

const options = readOptions();
const [loadBefore = 0] = loadavg();
say('Starting the hotline and its twins');
const hotline = await BenchHotline.start(callsAtOnce(options.rate));
try {
  const rounds = new Rounds(hotline, await Recordings.load(join(import.meta.dirname, '../../sounds/vi')));
  const { wrong, grown } =
    options.short === null ? await runWhole(rounds, options, loadBefore) : await runShort(rounds, options);
  const results = systemNames.map((system) => [systems[system].title, addUp(rounds.turns[system])] as const);
  const faults = results.flatMap(([title, { faults: own }]) => own.map((fault) => `${title}: ${fault}`));
  for (const line of [...faults, ...wrong, ...grown]) say(line);
  const calls = results.reduce((sum, [, result]) => sum + result.calls, 0);
  process.stdout.write(`${calls} calls, ${faults.length} wrong as heard, ${wrong.length} wrong on record\n`);
  // On a busy machine the hotline says "please wait" twice: a short run must not fail for that.
  const failures = options.short === null ? [...faults, ...wrong] : [...wrong, ...grown];
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  await closeRegistryDatabase();
  await hotline.stop();
}
