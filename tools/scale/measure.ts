/** Has people call at every size in turn, in a drawn order, so that whatever else the machine does meets all sizes alike. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { Dice } from '../../src/simulation/dice.ts';
import { spread, type Spread } from '../bench/statistics.ts';
import { Callers, operations, readPagesOf, type Operation, type Timed } from './operations.ts';
import type { Schema } from './server.ts';

/**
 * Whether the pages that a call needs are in the server's memory: `held`, as where it holds the whole registry; `not held`,
 * where nobody has needed them lately, and memory holds little beside the upper levels of the indexes.
 */
export const memories = ['held', 'not held'] as const;
export type Memory = (typeof memories)[number];

export interface Measured extends Spread {
  readonly times: number;
  /** Read from the disk each time, on average. */
  readonly pagesRead: number;
}

export type SizeResult = Readonly<Record<Memory, Readonly<Record<Operation, Measured>>>>;

/** Calls, of a size and a memory, for each start. */
const roundsPerStart = 50;
/** Pages are counted in some calls alone: asking for the count takes time. */
const roundsPerCount = 10;
/** Between two renewals of the lease, ms. */
const leaseMs = 10_000;
/** More than call in a run: those of another seed are others, unless the registry is small. */
const callersPerSeed = 20_000;
/** Without 2 and 5, so that nobody calls twice. */
const stride = 611_953;

interface Samples {
  readonly ms: number[];
  readonly pages: number[];
}

/** One size, with what was measured. */
class Measurement {
  readonly #schema: Schema;
  readonly #callers: Callers;
  readonly #owner: Connection;
  readonly #samples: Record<Memory, Record<Operation, Samples>>;
  #calls = 0;
  #leasedAt = -Infinity;

  constructor(schema: Schema, owner: Connection) {
    this.#schema = schema;
    this.#owner = owner;
    this.#callers = new Callers(schema);
    const none = () => ({ ms: [], pages: [] });
    const ofAll = () => Object.fromEntries(Object.keys(operations).map((name) => [name, none()])) as unknown as Record<Operation, Samples>; // prettier-ignore
    this.#samples = { held: ofAll(), 'not held': ofAll() };
  }

  /** @param number of the call among all of the run: each is somebody else's */
  async call(memory: Memory, number: number): Promise<void> {
    if (performance.now() - this.#leasedAt > leaseMs) {
      await this.#callers.holdLease();
      this.#leasedAt = performance.now();
    }
    const caller = this.#callers.callerOf(1 + ((number * stride) % this.#schema.accounts));
    if (memory === 'held') await readPagesOf(caller, this.#owner);
    const isCounted = this.#calls++ % roundsPerCount < memories.length;
    await this.#callers.call(caller, this.#timed(memory, isCounted));
  }

  async start(memory: Memory): Promise<void> {
    await this.#callers.start(this.#timed(memory, true));
  }

  #timed(memory: Memory, isCounted: boolean): Timed {
    return async (operation, work) => {
      const { ms, pages } = this.#samples[memory][operation];
      const before = isCounted ? await this.#pagesRead() : 0;
      const begun = performance.now();
      const result = await work();
      ms.push(performance.now() - begun);
      if (isCounted) pages.push((await this.#pagesRead()) - before);
      return result;
    };
  }

  /** By the server since it started. */
  async #pagesRead(): Promise<number> {
    const [[row]] = await this.#owner.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_reads'"); // prettier-ignore
    return Number(row!['Value']);
  }

  get result(): SizeResult {
    const ofMemory = (memory: Memory) =>
      Object.fromEntries(
        Object.entries(this.#samples[memory]).map(([name, samples]) => [name, told(samples)]),
      );
    return { held: ofMemory('held'), 'not held': ofMemory('not held') } as SizeResult;
  }

  async end(): Promise<void> {
    await this.#callers.end();
    this.#owner.destroy();
  }
}

function told({ ms, pages }: Samples): Measured {
  const mean = pages.reduce((sum, each) => sum + each, 0) / pages.length;
  const hundredth = (value: number) => Math.round(value * 100) / 100;
  const { p50, p90, p99, max } = spread(ms);
  return { times: ms.length, p50: hundredth(p50), p90: hundredth(p90), p99: hundredth(p99), max: hundredth(max), pagesRead: hundredth(mean) }; // prettier-ignore
}

/**
 * @param rounds callers of each size and memory
 * @param seed a whole number; another one has others call, so that a filled server can be measured again
 */
export async function measure(
  schemas: readonly Schema[],
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
  say: (line: string) => void,
): Promise<SizeResult[]> {
  const measurements: Measurement[] = [];
  for (const schema of schemas)
    measurements.push(new Measurement(schema, await createConnection({ uri: schema.url })));
  const dice = new Dice(seed);
  const turns = measurements.flatMap((size) => memories.map((memory) => ({ size, memory })));
  let number = seed * callersPerSeed;
  for (let round = 0; round < rounds; round++) {
    for (const { size, memory } of dice.shuffled(turns)) await size.call(memory, number++);
    if (round % roundsPerStart === 0)
      for (const { size, memory } of dice.shuffled(turns)) await size.start(memory);
    if (round % 100 === 99) say(`${round + 1} of ${rounds} rounds`);
  }
  for (const measurement of measurements) await measurement.end();
  return measurements.map(({ result }) => result);
}
