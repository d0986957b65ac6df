import { interrupted } from '../hotline/ending.ts';
import type { Logger } from '../logger.ts';
import type { CallLedger } from '../records/call-ledger.ts';
import type { CallRecords } from '../registry/call-records.ts';
import { wait } from '../timing/wait.ts';

const retryMs = 1000;

export interface RecoveryOptions {
  readonly registry: Pick<CallRecords, 'closeInterruptedCalls'>;
  readonly ledger: Pick<CallLedger, 'closeInterrupted'>;
  /** This process; its own calls stay open. */
  readonly instanceId: string;
  readonly logger: Logger;
}

/**
 * Closes the calls that earlier processes on this machine did not finish: first those in the journal,
 * then those in the database, as soon as it is reachable. Resolves when those in the database are closed,
 * or at `stop`. Until then callers hear an apology.
 */
export async function closeInterruptedCalls(
  { registry, ledger, instanceId, logger }: RecoveryOptions,
  stop: AbortSignal,
): Promise<void> {
  const journalled = await ledger.closeInterrupted(instanceId, interrupted);
  if (journalled > 0)
    logger.warn('found interrupted calls of an earlier process in the journal', { calls: journalled });
  for (let isWaiting = false; !stop.aborted; isWaiting = true) {
    try {
      const closed = await registry.closeInterruptedCalls(instanceId, interrupted);
      if (closed > 0) logger.warn('closed interrupted calls of an earlier process', { calls: closed });
      return;
    } catch (error) {
      if (!isWaiting)
        logger.error('the database is unreachable; callers hear an apology until it is back', { error });
      await wait(retryMs);
    }
  }
}
