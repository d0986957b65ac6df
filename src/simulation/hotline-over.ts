import { CallLedger } from '../records/call-ledger.ts';
import type { Registry } from '../registry/registry.ts';
import type { Hotline, ScriptSettings } from '../hotline/context.ts';
import type { Logger } from '../logger.ts';

/** The script without any setting, and without recordings. */
export const defaultScript: ScriptSettings = {
  timings: { firstDigitTimeoutMs: 7000, interdigitTimeoutMs: 5000 },
  codeLengths: [10],
  attemptsPerCall: 3,
  passwordLength: 8,
  passwordValidMinutes: 10,
  speechMs: () => 20_000,
};

/** A hotline over any registry, without call-backs. A record that can never be kept is a fault of the program. */
export function hotlineOver(
  registry: Registry,
  logger: Logger,
  { script = defaultScript, drawDigit }: Partial<Pick<Hotline, 'script' | 'drawDigit'>> = {},
): Hotline {
  return {
    instanceId: '00000000-0000-4000-8000-000000000001',
    node: 'node-1',
    registry,
    ledger: new CallLedger({
      registry,
      onFault: (error) => {
        throw error;
      },
    }),
    logger,
    hashKeys: { current: '0'.repeat(64) },
    script,
    callBacks: null,
    ...(drawDigit !== undefined && { drawDigit }),
  };
}
