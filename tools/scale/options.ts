/** What a run is asked for. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Size } from './fill.ts';

export interface ScaleOptions {
  /** Of one schema each, in ascending order. */
  readonly sizes: readonly Size[];
  /** Callers of each size, once with the pages they need in memory, and once without. */
  readonly rounds: number;
  /** Another one has others call. */
  readonly seed: number;
  /** Lines of the file that is imported; 0: none. */
  readonly lines: number;
  /** The server's innodb_buffer_pool_size; null: as MariaDB is shipped. */
  readonly memory: string | null;
  /** A file with the URLs of a server that is filled: written, or read. */
  readonly fill: string | null;
  readonly filled: string | null;
  /** Folder of the results. */
  readonly out: string;
}

/** @throws Error naming the option and what is allowed */
export function readOptions(words?: readonly string[]): ScaleOptions {
  const { values } = parseArgs({
    ...(words && { args: [...words] }),
    options: {
      accounts: { type: 'string', default: '1,10,40' },
      rows: { type: 'string', default: '1,10,100' },
      rounds: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      import: { type: 'string', default: '10' },
      memory: { type: 'string' },
      fill: { type: 'string' },
      filled: { type: 'string' },
      out: { type: 'string', default: join(import.meta.dirname, '../../docs/bench') },
    },
  });
  const whole = (name: 'rounds' | 'seed', min: number) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < min)
      throw new Error(`--${name}: expected a whole number from ${min} on, not ${values[name]}`);
    return value;
  };
  const millions = (name: 'accounts' | 'rows' | 'import', text: string) => {
    const value = Math.round(Number(text) * 1_000_000);
    if (!(value >= 0 && value <= 100_000_000 && value % 1000 === 0))
      throw new Error(`--${name}: expected millions, with at most three decimals, not ${text}`);
    return value;
  };
  const accounts = values.accounts.split(',').map((text) => millions('accounts', text));
  const rows = values.rows.split(',').map((text) => millions('rows', text));
  if (accounts.length !== rows.length) throw new Error('--accounts, --rows: expected as many of each');
  return {
    sizes: accounts.map((count, index) => ({ accounts: count, rows: rows[index]! })),
    ...{ rounds: whole('rounds', 1), seed: whole('seed', 0), lines: millions('import', values.import) },
    ...{ memory: values.memory ?? null, fill: values.fill ?? null, filled: values.filled ?? null, out: values.out }, // prettier-ignore
  };
}
