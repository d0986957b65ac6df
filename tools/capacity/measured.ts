/** What was measured and recorded, as the inputs take it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { costOf as pathCost, vndOf, type CallPath } from '../../src/call/paths/path-cost.ts';
import { loadSoundLengths } from '../../src/recordings/catalogue.ts';
import { shippedScript } from '../../tests/support/fakes/shipped-script.ts';
import { costOf, type BenchResult } from '../bench/result.ts';
import { script } from '../bench/script.ts';
import type { ShortRecord } from '../bench/short.ts';

const checkout = join(import.meta.dirname, '../..');
const readJson = (file: string): unknown => JSON.parse(readFileSync(join(checkout, file), 'utf8'));

/** Bytes on disk, with indexes, that tests/capacity/row-sizes.test.ts finds in the databases. */
export const bytesOf = {
  /** Its rows in audit_log and audit_sealed_rows, and its share of a seal. */
  auditedCall: 700,
  /** Its row in call_steps, and the text in it. */
  steps: 1100,
  stepsText: 620,
  /** A reset and its notification. */
  reset: 1000,
  attempt: 850,
  account: 300,
} as const;

export interface Measured {
  /** From the answer to the end of a call that is served at the first attempt, s; and of it in the application. */
  readonly callSeconds: number;
  readonly applicationSeconds: number;
  readonly vndACall: number;
  /** Processor time, ms: of Asterisk a second of a call; of application and database a call. */
  readonly pbxMs: number;
  readonly applicationMs: number;
  readonly databaseMs: number;
  readonly short: ShortRecord;
  /** Of the run that the processor times are of: `make bench …`, its date. */
  readonly run: string;
}

export async function readMeasured(): Promise<Measured> {
  const paths = readJson('src/call/paths/call-paths.json') as CallPath[];
  const path = paths.find(({ maxSeconds }) => maxSeconds !== undefined)!; // the one that is held to a minute
  const lengths = await loadSoundLengths(join(checkout, 'sounds/vi'));
  const usualMs = (steps: readonly string[]) =>
    pathCost({ led: [], steps }, shippedScript, (sound) => lengths.get(sound)!).usualMs;
  const menuSteps = path.steps.indexOf('keys 1') + 1;
  const bench = readJson('docs/bench/results.json') as BenchResult;
  const callMs = usualMs(path.steps);
  return {
    callSeconds: tenth(callMs / 1000),
    applicationSeconds: tenth(usualMs(path.steps.slice(menuSteps)) / 1000),
    vndACall: vndOf(callMs),
    pbxMs: hundredth(costOf(bench.systems.ours, 'pbx') / (script.hangUpAtMs / 1000)),
    applicationMs: tenth(costOf(bench.systems.ours, 'application')),
    databaseMs: tenth(costOf(bench.systems.ours, 'database')),
    short: readJson('docs/bench/short.json') as ShortRecord,
    run: `\`${bench.command}\` of ${bench.date}`,
  };
}

const tenth = (value: number) => Math.round(value * 10) / 10;
const hundredth = (value: number) => Math.round(value * 100) / 100;
