import type { Head } from '../mysql/audit/audit-seal.ts';
import { OptionError } from './option-error.ts';

/**
 * Reads a noted seal.
 *
 * @param option as it is called on the command line, for the message
 * @throws OptionError
 */
export function readSeal(option: string, text: string): Head {
  const [, batch, seal] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (batch === undefined || seal === undefined)
    throw new OptionError(`${option}: expected <batch>:<seal> as printed by audit verify`);
  return { batch: Number(batch), seal };
}
