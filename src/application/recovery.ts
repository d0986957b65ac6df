import { interrupted } from '../hotline/ending.ts';
import type { Logger } from '../logger.ts';
import type { CallLedger } from '../records/call-ledger.ts';

/** Closes the calls that earlier processes left in the journal. Resolves when their rows are written. */
export async function closeJournalledCalls({
  ledger,
  instanceId,
  logger,
}: {
  readonly ledger: Pick<CallLedger, 'closeInterrupted'>;
  readonly instanceId: string;
  readonly logger: Logger;
}): Promise<void> {
  const { calls, written } = ledger.closeInterrupted(instanceId, interrupted);
  if (calls > 0) logger.warn('found interrupted calls of an earlier process in the journal', { calls });
  await written;
}
