/** What a run comes to: per system its calls, their measures, and what they cost. */
import { faultOf, measure, type CallMeasures } from './measure.ts';
import { spread, type Spread } from './statistics.ts';
import type { Turn, TurnCost } from './turn.ts';
import type { System } from './systems.ts';

/** All turns of one system. */
export interface SystemResult {
  readonly calls: number;
  /** What was wrong with calls: words, keys or signalling. */
  readonly faults: readonly string[];
  /** Of the calls without a fault, in ms with one decimal, in the order in which they were placed. */
  readonly measures: Readonly<Record<keyof CallMeasures, readonly number[]>>;
  readonly costs: readonly TurnCost[];
  /** Packets of sound that callers were sent, in all: sending is most of what Asterisk does. */
  readonly packets: number;
}

export interface BenchResult {
  readonly command: string;
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly rate: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly seed: string;
  /** Load average of the last minute before the first call. */
  readonly loadBefore: number;
  readonly systems: Readonly<Record<System, SystemResult>>;
  /** What the checker of the fault campaign and the check of the twins found. */
  readonly wrong: readonly string[];
}

const tenth = (ms: number) => Math.round(ms * 10) / 10;

export function addUp(turns: readonly Turn[]): SystemResult {
  const calls = turns.flatMap((turn) => turn.calls);
  const checked = calls.map((call) => ({ call, fault: call.placed.fault ?? faultOf(call) }));
  const good = checked.filter(({ fault }) => fault === null).map(({ call }) => measure(call));
  const column = (name: keyof CallMeasures) => good.map((each) => tenth(each[name]));
  return {
    calls: calls.length,
    faults: checked.flatMap(({ fault }) => fault ?? []),
    measures: {
      ...{ deadAir: column('deadAir'), menuTurn: column('menuTurn'), matchTurn: column('matchTurn') },
      ...{ changeTurn: column('changeTurn'), gap: column('gap'), bargeIn: column('bargeIn') },
    },
    costs: turns.map(({ cost }) => cost),
    packets: calls.reduce((sum, { arrivedAtMs }) => sum + arrivedAtMs.length, 0),
  };
}

export function spreadOf({ measures }: SystemResult, name: keyof CallMeasures): Spread {
  return spread(measures[name]);
}

/** A part of what a turn cost. `load`: the phones. */
export type CostPart = 'pbx' | 'application' | 'eventLoop' | 'database' | 'load';

/** Processor time a call, ms. NaN if it was not measured. */
export function costOf({ costs, calls }: SystemResult, part: CostPart): number {
  return costs.reduce((sum, cost) => sum + (cost[part] ?? NaN), 0) / calls;
}

/** The share of one processor that phones and capture took, and the busy share of the machine: the mean of the turns. */
export function loadOf(result: BenchResult): { readonly ofOne: number; readonly machineBusy: number } {
  const costs = Object.values(result.systems).flatMap((system) => system.costs);
  const tookMs = costs.reduce((sum, cost) => sum + cost.tookMs, 0);
  const sum = (of: (cost: TurnCost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  return {
    ofOne: sum(({ load, capture }) => load + capture) / tookMs,
    machineBusy: sum(({ machineBusy }) => machineBusy) / costs.length,
  };
}
