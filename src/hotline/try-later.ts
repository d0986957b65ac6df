import type { Call } from '../call/call.ts';
import { endings, type Ending, type LimitMet } from './ending.ts';
import { offerOperator } from './offer-operator.ts';

/** Says which limit has been reached, of requests or of calls at once, and offers the operator. */
export async function tryLater(call: Call, limit: LimitMet): Promise<Ending> {
  await offerOperator(
    call,
    'limited',
    ['phone-busy', 'call-backs-busy'].includes(limit) ? 'busy' : 'try-later',
  );
  return endings.limited(limit);
}
