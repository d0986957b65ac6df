/** What a run is asked for. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Calls a second. */
  readonly rate: number;
  /** How long calls arrive in each turn. The last of them takes another 35 s. */
  readonly seconds: number;
  readonly rounds: number;
  readonly seed: string;
  /** A short run (short.ts): compared with the ratios in `out`, or written there. */
  readonly short: 'compare' | 'renew' | null;
  /** Only the hotline, and where its time goes: profile.ts. */
  readonly profile: boolean;
  /** Only the hotline, and what it holds after so many calls: memory.ts. */
  readonly memory: boolean;
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
  return {
    rate: number('rate', values.memory ? 20 : 11), // maxcalls (asterisk.conf) ends at 400 calls at once
    seconds: number('seconds', 3600),
    rounds: Math.ceil(number('rounds', 100)),
    ...{
      seed: values.seed,
      short,
      profile: values.profile,
      memory: values.memory,
      out: values.out,
      commit: values.commit,
    },
  };
}
