/** The memory that a run held, and what the hotline's calls asked of the database. */
import { costOf, type BenchResult } from './result.ts';
import { systemNames } from './systems.ts';
import type { Memory } from './costs.ts';

/** A part of the run in memory, MB. */
export interface HeldMemory {
  readonly before: Memory;
  readonly max: Memory;
}

/** Of all turns; null if the result has none. */
export function memoryOf({ systems }: Pick<BenchResult, 'systems'>): HeldMemory | null {
  const memories = systemNames.flatMap((name) => systems[name].costs.flatMap(({ memory }) => memory ?? []));
  const pick = (of: (...values: number[]) => number, when: 'before' | 'max'): Memory => ({
    pbx: of(...memories.map((memory) => memory[when].pbx)),
    hotline: of(...memories.map((memory) => memory[when].hotline)),
    database: of(...memories.map((memory) => memory[when].database)),
  });
  return memories.length === 0 ? null : { before: pick(Math.min, 'before'), max: pick(Math.max, 'max') };
}

/** For a call of the hotline, with what it does in the background; null if the result has none. */
export interface WorkACall {
  readonly eventLoopMs: number;
  readonly statements: number;
  readonly logWrites: number;
  readonly logKib: number;
  /** A connection of the pool (DATABASE_POOL_SIZE) was held. */
  readonly heldMs: number;
}

export function workOf({ systems: { ours } }: Pick<BenchResult, 'systems'>): WorkACall | null {
  const works = ours.costs.flatMap(({ work }) => work ?? []);
  const aCall = (name: keyof (typeof works)[number]) =>
    works.reduce((sum, work) => sum + work[name], 0) / ours.calls;
  if (works.length === 0) return null;
  return {
    eventLoopMs: costOf(ours, 'eventLoop'),
    ...{ statements: aCall('statements'), logWrites: aCall('logWrites') },
    ...{ logKib: aCall('logBytes') / 1024, heldMs: aCall('heldMs') },
  };
}
