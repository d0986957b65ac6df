/** What a run is asked for. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * What is run: all systems in turns; only the hotline, and where its time goes or what it holds in memory; or all
 * systems with more and more calls.
 */
export type Program = 'rounds' | 'profile' | 'memory' | 'ceiling';

/** The most calls a second: maxcalls (asterisk.conf) ends at 400 at once; those of `memory` last half as long. */
const highestRate: Readonly<Record<Program, number>> = { rounds: 11, profile: 11, memory: 20, ceiling: 40 };

export interface BenchOptions {
  /** Calls a second. */
  readonly rate: number;
  /** How long calls arrive in each turn. The last of them takes another 35 s. */
  readonly seconds: number;
  readonly rounds: number;
  readonly seed: string;
  /** A short run (short.ts): compared with the ratios in `out`, or written there. */
  readonly short: 'compare' | 'renew' | null;
  readonly program: Program;
  /** Folder of the results. */
  readonly out: string;
  /** What is measured, as git names it. bench.ts says it: for git, the asterisk-config/ that it lays over is a change. */
  readonly commit: string;
}

/** @throws Error naming the option and what is allowed */
export function readOptions(words?: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    ...(words && { args: [...words] }),
    options: {
      rate: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      profile: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      ceiling: { type: 'boolean', default: false },
      short: { type: 'string' },
      out: { type: 'string', default: join(import.meta.dirname, '../../docs/bench') },
      commit: { type: 'string', default: 'unknown' },
    },
  });
  const number = (name: 'rate' | 'seconds' | 'rounds', max: number) => {
    const value = Number(values[name]);
    if (!(value > 0 && value <= max))
      throw new Error(`--${name}: expected a number up to ${max}, not ${values[name]}`);
    return value;
  };
  const { short = null } = values;
  if (short !== null && short !== 'compare' && short !== 'renew')
    throw new Error(`--short: expected compare or renew, not ${short}`);
  const [program = 'rounds'] = (['profile', 'memory', 'ceiling'] as const).filter((name) => values[name]);
  return {
    rate: number('rate', highestRate[program]),
    seconds: number('seconds', 3600),
    rounds: Math.ceil(number('rounds', 100)),
    ...{ seed: values.seed, short, program, out: values.out, commit: values.commit },
  };
}
