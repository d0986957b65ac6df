/**
 * The run itself, inside the private network, with asterisk-config/ as bench.ts has laid it. Options as bench.ts passes
 * them. Exits with 1 if one call is wrong.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
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
import { addUp, type BenchResult, type SystemResult } from './result.ts';
import type { PlannedCall } from './script.ts';
import { systemNames, systems, type System } from './systems.ts';
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
        const plan = await this.#planFor(system, arrivals);
        say(`Round ${round + 1} of ${rounds}: ${systems[system].title}, ${plan.length} calls`);
        const turn = await takeTurn(plan, system, this.#hotline.processes, this.#recordings);
        this.turns[system].push(turn);
        const { faults } = addUp([turn]);
        if (faults.length > 0) say(`  ${faults.length} calls went wrong; the first: ${faults[0]}`);
      }
    }
  }

  /** All systems in one turn, for their words: it takes no longer than a call, and says nothing of times. */
  async atOnce({ seed, rate, seconds }: BenchOptions): Promise<void> {
    const arrivals = planArrivals(seed, rate, seconds);
    const plans = await Promise.all(systemNames.map((system) => this.#planFor(system, arrivals)));
    say(`All systems at once, ${arrivals.length} calls each`);
    const { calls, cost } = await takeTurn(
      plans.flat(),
      undefined,
      this.#hotline.processes,
      this.#recordings,
    );
    for (const system of systemNames)
      this.turns[system].push({ calls: calls.filter(({ dial }) => dial === systems[system].dial), cost });
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

  async #planFor(system: System, arrivals: readonly number[]): Promise<PlannedCall[]> {
    const citizens = await this.#citizens.add(arrivals.length);
    const { dial } = systems[system];
    return arrivals.map((startsAtMs, index) => ({ ...citizens[index]!, dial, startsAtMs }));
  }
}

function write(folder: string, result: BenchResult): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(result)}\n`);
  for (const [name, text] of Object.entries(renderReport(result))) writeFileSync(join(folder, name), text);
}

const options = readOptions();
const [loadBefore = 0] = loadavg();
say('Starting the hotline and its twins');
const hotline = await BenchHotline.start(callsAtOnce(options.rate));
try {
  const rounds = new Rounds(hotline, await Recordings.load(join(import.meta.dirname, '../../sounds/vi')));
  await (options.atOnce ? rounds.atOnce(options) : rounds.inTurns(options));
  say('Checking that every call is on record as it was heard');
  const wrong = await rounds.check();
  const results = Object.fromEntries(
    systemNames.map((system) => [system, addUp(rounds.turns[system])] as const),
  ) as Record<System, SystemResult>;
  const { rate, seconds, rounds: count, seed, out } = options;
  const command = `make bench RATE=${rate} SECONDS=${seconds} ROUNDS=${count} SEED=${seed}`;
  const result: BenchResult = {
    ...{
      command,
      date: new Date().toISOString().slice(0, 10),
      machine: await describeMachine(options.commit),
    },
    ...{ rate, seconds, rounds: count, seed, loadBefore, systems: results, wrong },
  };
  if (!options.atOnce) {
    write(out, result);
    process.stdout.write(renderTable(result));
    say(`Written to ${out}`);
  }
  const faults = systemNames.flatMap((system) =>
    results[system].faults.map((fault) => `${systems[system].title}: ${fault}`),
  );
  for (const fault of [...faults, ...wrong]) say(fault);
  const calls = systemNames.reduce((sum, system) => sum + results[system].calls, 0);
  process.stdout.write(`${calls} calls, ${faults.length} wrong as heard, ${wrong.length} wrong on record\n`);
  process.exitCode = faults.length + wrong.length === 0 ? 0 : 1;
} finally {
  await closeRegistryDatabase();
  await hotline.stop();
}
