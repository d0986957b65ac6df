import type { Call } from '../call/call.ts';
import { endings, type Ending, type LimitMet } from './ending.ts';
import { offerOperator } from './offer-operator.ts';

/** Says that a limit has been reached, and offers the operator. */
export async function tryLater(call: Call, limit: LimitMet): Promise<Ending> {
  await offerOperator(call, 'try-later');
  return endings.limited(limit);
}
