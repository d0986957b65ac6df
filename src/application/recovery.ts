import type { Logger } from '../logger.ts';
import type { CallLedger } from '../records/call-ledger.ts';
import type { CallRecords } from '../registry/call-records.ts';

const retryMs = 1000;

export interface RecoveryOptions {
  readonly registry: Pick<CallRecords, 'closeInterruptedCalls'>;
  readonly ledger: Pick<CallLedger, 'closeInterrupted'>;
  /** This process, whose own calls are left alone. */
  readonly instanceId: string;
  readonly logger: Logger;
}

/**
 * Closes the calls that earlier processes on this machine left open: those in the journal, then those
 * in the database, as soon as it can be reached. Resolves when every one has its terminal row, or at
 * `stop`. Callers hear an apology meanwhile.
 */
export async function closeInterruptedCalls(
  { registry, ledger, instanceId, logger }: RecoveryOptions,
  stop: AbortSignal,
): Promise<void> {
  const journalled = await ledger.closeInterrupted(instanceId);
  if (journalled > 0) logger.warn('an earlier process left calls in the journal', { calls: journalled });
  for (let isWaiting = false; !stop.aborted; isWaiting = true) {
    try {
      const closed = await registry.closeInterruptedCalls(instanceId);
      if (closed > 0) logger.warn('closed calls that an earlier process left open', { calls: closed });
      return;
    } catch (error) {
      if (!isWaiting)
        logger.error('the database is away; callers hear an apology until it is back', { error });
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}
