/**
 * Where the application's processor time goes, as flame graphs: in its first calls, and in the next ones, when V8 has
 * compiled what is used. Inside the private network; `node tools/bench/bench.ts --profile` runs it, with the options
 * of bench.ts. The samples are those of the main thread; hashes are made in others.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeRegistryDatabase } from '../../tests/support/machine/citizens.ts';
import { BenchCitizens } from './citizens.ts';
import { foldProfile, ownTimes, renderFlame } from './flame.ts';
import { BenchHotline, callsAtOnce } from './hotline.ts';
import { readOptions } from './options.ts';
import { planArrivals } from './plan.ts';
import { startProfile } from './profiler.ts';
import { Recordings } from './recordings.ts';
import { addUp, costOf } from './result.ts';
import { takeTurn } from './turn.ts';

/** Places whose own time is printed, the longest first. */
const placesPrinted = 25;

const { rate, seconds, seed, out, commit } = readOptions();
const hotline = await BenchHotline.start(callsAtOnce(rate));
try {
  const recordings = await Recordings.load(join(import.meta.dirname, '../../sounds/vi'));
  const citizens = new BenchCitizens();
  mkdirSync(out, { recursive: true });
  for (const [name, what] of [
    ['cold', 'the first calls of a process'],
    ['warm', 'later calls'],
  ] as const) {
    const arrivals = planArrivals(`${seed} ${name}`, rate, seconds);
    const plan = await citizens.plan('ours', arrivals);
    process.stderr.write(`${what}: ${plan.length} calls\n`);
    const stop = await startProfile(hotline.processes.application.ours);
    const turn = addUp([(await takeTurn(plan, hotline.processes, recordings)).ours]);
    const profile = foldProfile(await stop());
    const title = `${what}: ${(profile.ms / turn.calls).toFixed(1)} ms of the main thread a call (${commit})`;
    writeFileSync(join(out, `flame-${name}.svg`), renderFlame(profile, title, turn.calls));
    process.stdout.write(
      `${title}; ${costOf(turn, 'application').toFixed(1)} ms with all threads; ${turn.faults.length} calls wrong\n`,
    );
    for (const [place, ms] of ownTimes(profile).slice(0, placesPrinted))
      process.stdout.write(`${(ms / turn.calls).toFixed(2).padStart(8)}  ${place}\n`);
    if (turn.faults.length > 0) process.exitCode = 1;
  }
} finally {
  await closeRegistryDatabase();
  await hotline.stop();
}
