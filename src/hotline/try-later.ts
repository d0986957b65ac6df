import type { Call } from '../call/call.ts';
import { endings, type Ending, type LimitMet } from './ending.ts';
import { offerOperator } from './offer-operator.ts';

/** Says which limit has been reached, the caller's own or ours, and offers the operator. */
export async function tryLater(call: Call, limit: LimitMet): Promise<Ending> {
  await offerOperator(call, limit === 'call-backs-busy' ? 'busy' : 'try-later');
  return endings.limited(limit);
}
