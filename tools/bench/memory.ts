/**
 * Whether the application's memory stays as it is however many calls it serves: turns of matched calls, whose callers
 * hang up at any moment of them, and after each what the process still holds when nobody calls. Inside the private
 * network; `node tools/bench/bench.ts --memory` runs it, with the options of bench.ts. Exits with 1 if it grows, or if
 * a call is left open, has no row, or was not served.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { Dice } from '../../src/simulation/dice.ts';
import { closeRegistryDatabase, registryDatabase } from '../../tests/support/machine/citizens.ts';
import { until } from '../../tests/support/until.ts';
import { readStatus } from '../fuzz/watch.ts';
import { liveMemory, type Memory } from '../flood/live-memory.ts';
import { BenchCitizens } from './citizens.ts';
import { BenchHotline, callsAtOnce } from './hotline.ts';
import { readOptions } from './options.ts';
import { planArrivals } from './plan.ts';
import { leftOver } from './records.ts';
import { script } from './script.ts';
import { runLoad } from './turn.ts';

/** When the application takes the call, at the earliest, ms after the answer. */
const takenAtMs = script.menuKeyAtMs + 1000;
/** What follows a call (its steps, a seal, a message) is done by then, ms. */
const settleMs = 20_000;
/** What the last turn may leave more than the first. MB: code that V8 compiles late; timers: of what runs always. */
const allowedGrowth = { live: 4, timers: 2 };

/** Calls that ended otherwise than by a hang-up or with a new password: a machine that is overrun gives them back. */
async function notServed(): Promise<string[]> {
  const [rows] = await registryDatabase().query<RowDataPacket[]>(
    `SELECT outcome, COUNT(*) AS calls FROM audit_log WHERE outcome NOT IN ('changed', 'hung-up') AND by_user IS NULL GROUP BY outcome`,
  );
  return rows.map((row) => `${row['calls']} calls ended as ${row['outcome']}; lower --rate`);
}

function describe(calls: number, { live, resident, timers, handles }: Memory): string {
  return `| ${calls} | ${live.toFixed(1)} | ${resident.toFixed(0)} | ${timers} | ${handles} |\n`;
}

const { rate, seconds, rounds, seed, commit } = readOptions();
if (rounds < 2) throw new Error(`--rounds: expected 2 or more, to see whether memory grows, not ${rounds}`);
const hotline = await BenchHotline.start(callsAtOnce(rate / 2)); // they last half as long as a whole call
try {
  const citizens = new BenchCitizens();
  const pid = hotline.processes.application.ours;
  const memories = [await liveMemory(pid)];
  const faults: string[] = [];
  let calls = 0;
  process.stdout.write(
    `${commit}\n\n| calls | live MB | resident MB | timers | handles |\n| --- | --- | --- | --- | --- |\n`,
  );
  process.stdout.write(describe(0, memories[0]!));
  for (let turn = 1; turn <= rounds; turn++) {
    const arrivals = planArrivals(`${seed} ${turn}`, rate, seconds);
    const dice = new Dice(`hang-ups ${seed} ${turn}`);
    // Anywhere between the first word of the application and the end of the second reading.
    const hangsUp = () => dice.number(takenAtMs, script.hangUpAtMs);
    const report = await runLoad(await citizens.plan('ours', arrivals, hangsUp));
    faults.push(...report.calls.flatMap(({ fault }) => fault ?? []));
    calls += report.calls.length;
    await until(async () => (await readStatus()).calls === 0);
    await pause(settleMs);
    memories.push(await liveMemory(pid));
    process.stdout.write(describe(calls, memories.at(-1)!));
  }
  const wrong = [...(await leftOver(calls)), ...(await notServed())];
  const [, first, ...later] = memories;
  const grown = (kind: keyof typeof allowedGrowth) => later.at(-1)![kind] - first![kind];
  for (const line of [...faults.slice(0, 3), ...wrong]) process.stderr.write(`${line}\n`);
  process.stdout.write(
    `\n${calls} calls, ${faults.length} with a fault; ${grown('live').toFixed(1)} MB and ${grown('timers')} timers more than after the first turn\n`,
  );
  const isFlat = grown('live') <= allowedGrowth.live && grown('timers') <= allowedGrowth.timers;
  process.exitCode = faults.length === 0 && wrong.length === 0 && isFlat ? 0 : 1;
} finally {
  await closeRegistryDatabase();
  await hotline.stop();
}
