import type { CallAdmission } from '../registry/call-records.ts';
import type { Call } from '../call/call.ts';
import { offerOperator } from './offer-operator.ts';
import type { Ending } from './reset-password.ts';

/** Which limit across calls a caller has met. Each is about the caller's own phone or account, so it may be told. */
export type LimitMet = Exclude<CallAdmission, 'admitted' | 'ended'> | 'too-often' | 'call-backs-over';

/** For the audit. */
const reasons: Record<LimitMet, string> = {
  'phone-busy': 'too many calls at once from this phone',
  'phone-over': 'too many mismatches from this phone',
  'too-often': 'too many resets of this account',
  'call-backs-over': 'too many calls back to this number, or at once',
};

/** Says that it has been too often, and offers a person. */
export async function tryLater(call: Call, limit: LimitMet): Promise<Ending> {
  await offerOperator(call, 'try-later');
  return { outcome: 'limited', reason: reasons[limit] };
}
