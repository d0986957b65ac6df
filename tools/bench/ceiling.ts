/**
 * How many calls a second each system carries. All of them take turns at one rate, then at the next higher one; a system
 * that does not carry a rate in either of two turns has met its ceiling. Inside the private network, with an Asterisk that
 * takes any number of calls; `node tools/bench/bench.ts --ceiling` runs it, with the options of bench.ts: `rate` is the
 * first one. Ends when the hotline and the floor have met theirs. Exits with 1 if a call is left open or has no row.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeRegistryDatabase } from '../../tests/support/machine/citizens.ts';
import { table } from '../markdown-table.ts';
import { BenchCitizens } from './citizens.ts';
import { BenchHotline, mostCalls } from './hotline.ts';
import { describeMachine } from './machine.ts';
import { readOptions } from './options.ts';
import { planArrivals, planRounds } from './plan.ts';
import { leftOver } from './records.ts';
import { Recordings } from './recordings.ts';
import { addUp, costOf, spreadOf, type SystemResult } from './result.ts';
import { systemNames, systems, type System } from './systems.ts';
import { takeTurn } from './turn.ts';

/** From one rate to the next. */
const step = 1.15;
const turnsAtARate = 2;
/** The widest spacing of two packets, and how much later than the floor's an answer may come; p99, ms. */
const widestGapMs = 60;
const allowedDeadAirMs = 30;

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Why a turn was not carried; empty if it was. @param floorMs p99 of the floor's dead air at this rate, or the last that it carried */
function whyNot(turn: SystemResult, floorMs: number): string {
  const [gap, deadAir] = [spreadOf(turn, 'gap').p99, spreadOf(turn, 'deadAir').p99];
  return [
    ...(turn.faults.length > 0 ? [`${turn.faults.length} of ${turn.calls} calls failed`] : []),
    ...(gap > widestGapMs ? [`gaps of ${gap.toFixed(0)} ms`] : []),
    ...(deadAir > floorMs + allowedDeadAirMs ? [`dead air ${(deadAir - floorMs).toFixed(0)} ms longer`] : []),
  ].join(', ');
}

/** A turn at a rate, in the order of {@link heads}. */
function describe(rate: number, system: System, turn: SystemResult, why: string): string[] {
  const [deadAir, gap] = [spreadOf(turn, 'deadAir'), spreadOf(turn, 'gap')];
  const busy = turn.costs[0]!.machineBusy;
  const cost = (part: 'pbx' | 'application' | 'eventLoop') =>
    system === 'floor' && part !== 'pbx' ? '–' : costOf(turn, part).toFixed(0);
  return [
    ...[rate.toFixed(1), systems[system].title, why === '' ? 'carried' : why],
    ...[deadAir, gap].map(({ p50, p99, max }) => [p50, p99, max].map((ms) => ms.toFixed(0)).join(' / ')),
    ...[`${(busy * 100).toFixed(0)} %`, cost('pbx'), cost('application'), cost('eventLoop')],
  ];
}

const heads = [
  ...[
    'calls a second',
    'system',
    '',
    'dead air, p50 / p99 / max, ms',
    'widest gap of a call',
    'machine busy',
  ],
  ...['Asterisk, ms a call', 'application', 'its event loop'],
];

const { rate: first, seconds, seed, out, commit } = readOptions();
const hotline = await BenchHotline.start(mostCalls);
try {
  const recordings = await Recordings.load(join(import.meta.dirname, '../../sounds/vi'));
  const citizens = new BenchCitizens();
  const carried: Partial<Record<System, number>> = {};
  const turns: string[][] = [];
  let [climbing, calls, floorMs] = [[...systemNames], 0, NaN];
  const take = async (system: System, rate: number, turn: number) => {
    const arrivals = planArrivals(`${seed} ${rate} ${turn}`, rate, seconds);
    const plan = await citizens.plan(system, arrivals);
    const result = addUp([(await takeTurn(plan, hotline.processes, recordings))[system]]);
    if (system === 'ours') calls += result.calls;
    if (system === 'floor') floorMs = spreadOf(result, 'deadAir').p99;
    const why = whyNot(result, floorMs);
    turns.push(describe(rate, system, result, why));
    say(turns.at(-1)!.join(', '));
    return why === '';
  };
  for (let rate = first; climbing.includes('ours') || climbing.includes('floor'); rate *= step) {
    // The floor first: what the others may take is told from it.
    const [order = []] = planRounds(`${seed} ${rate}`, 1);
    const inTurn = order.toSorted((one, other) => Number(other === 'floor') - Number(one === 'floor'));
    for (const system of inTurn.filter((each) => climbing.includes(each))) {
      let isCarried = false;
      for (let turn = 1; turn <= turnsAtARate && !isCarried; turn++)
        isCarried = await take(system, rate, turn);
      if (isCarried) carried[system] = rate;
      else climbing = climbing.filter((each) => each !== system);
    }
  }
  const found = systemNames.map((system) => {
    const most = carried[system];
    return [
      systems[system].title,
      most === undefined ? `less than ${first}` : most.toFixed(1),
      most === undefined || carried.floor === undefined ? '–' : (most / carried.floor).toFixed(2),
    ];
  });
  const summary = table(['', 'carried', 'of the floor'], found);
  const machine = Object.entries(await describeMachine(commit)).map(([name, value]) => `${name}: ${value}`);
  const text = [
    '# How many calls a second',
    `Made by \`node tools/bench/bench.ts --ceiling --rate ${first} --seconds ${seconds} --seed ${seed}\` on ${new Date().toISOString().slice(0, 10)}. ${machine.join('; ')}. How to read it: [performance.md](../performance.md#the-ceiling).`,
    summary,
    '## Each turn',
    table(heads, turns),
  ].join('\n\n');
  writeFileSync(join(out, 'ceiling.md'), `${text}\n`);
  process.stdout.write(`${summary}\n`);
  const wrong = await leftOver(calls);
  for (const line of wrong) say(line);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await closeRegistryDatabase();
  await hotline.stop();
}
