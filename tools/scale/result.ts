/** What a run comes to, as docs/bench/scale.json keeps it. */
import type { Size } from './fill.ts';
import type { SizeResult } from './measure.ts';

export interface LoadResult {
  readonly lines: number;
  /** Seconds of each turn: `hotline import`, and LOAD DATA. */
  readonly added: { readonly import: readonly number[]; readonly loader: readonly number[] };
  /** The same with another phone for every account, beside LOAD DATA REPLACE. */
  readonly changed: { readonly import: readonly number[]; readonly loader: readonly number[] };
}

export interface ScaleResult {
  readonly command: string;
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly seed: number;
  /** Load average of the last minute, before the first call and after the last one. */
  readonly load: { readonly before: number; readonly after: number };
  readonly sizes: readonly (Size & { readonly gigabytes: number; readonly measured: SizeResult })[];
  /** Null: not measured in this run. */
  readonly imported: LoadResult | null;
}
