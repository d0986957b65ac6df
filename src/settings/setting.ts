import { z } from 'zod';

/** One environment variable: what it means, what is allowed, and what it is when unset. */
export interface Setting {
  readonly schema: z.ZodType;
  /** Absent: the variable must be set. */
  readonly default?: string;
  /** What is allowed, as an error message and docs/settings.md say it. */
  readonly allowed: string;
  readonly meaning: string;
}

export const port = z.coerce.number().int().min(1).max(65535);
export const secret = z.string().min(8);
export const count = z.coerce.number().int().min(1).max(1000);
/** A time, both bounds included. */
export const milliseconds = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
