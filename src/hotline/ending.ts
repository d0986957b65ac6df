/**
 * How a call ends: one outcome and one reason, carried by both the audit row and the log line of the
 * call. Every ending is made here, so this file is the whole vocabulary (docs/adr/0023-one-ending-a-call.md).
 */
import type { NotAnswered } from '../call/call-back-line.ts';
import { ChannelGone } from '../call/channel.ts';
import { CallCut } from '../call/interruptible-channel.ts';
import type { CallAdmission, CallOutcome } from '../registry/call-records.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type { CallBackOrder } from './call-back/orders.ts';

/** Outcome and reason contain no caller data. */
export type Ending =
  | { readonly outcome: 'changed'; readonly reason: string; readonly secondReading: SecondReading }
  | { readonly outcome: 'call-back'; readonly reason: string; readonly order: CallBackOrder }
  | { readonly outcome: Exclude<CallOutcome, 'changed' | 'call-back'>; readonly reason: string };

/**
 * How much of the second reading was heard. The change stands either way, so this is not part of the
 * reason.
 */
export type SecondReading = 'heard' | 'hung up' | 'failed';

/**
 * A limit across calls that the caller has reached. Each concerns the caller's own phone or account, so it
 * may be told.
 */
export type LimitMet = Exclude<CallAdmission, 'admitted' | 'ended'> | 'too-often' | 'call-backs-over';

/** Why a call was sent back to the dialplan at once. */
export type Refusal = 'all lines are busy' | 'the application is being stopped';

/** Why the caller's number is not believed (caller-identity.ts). */
export type NoIdentityReason =
  | 'From is anonymous'
  | 'From is no number that can be used'
  | 'From is not the number asserted'
  | 'another number is signed'
  | 'nobody vouches for the number'
  | 'several numbers are asserted'
  | 'the PBX gives no number that can be used'
  | 'the answers go to another address than the call came from'
  | 'the caller or the carrier withheld the number'
  | 'the carrier asserts no number'
  | 'the number asserted cannot be used'
  | 'the signature is for a call to another number'
  | 'what was signed cannot be read';

const limitReasons: Record<LimitMet, string> = {
  'phone-busy': 'too many calls at once from this phone',
  'phone-over': 'too many mismatches from this phone',
  'too-often': 'too many resets of this account',
  'call-backs-over': 'too many calls back to this number, or at once',
};

/** Constructors, in the order in which they can occur in a call. */
export const endings = {
  refused: (why: Refusal) => ({ outcome: 'limited', reason: why }) as const,
  noIdentity: (why: NoIdentityReason): Ending => ({ outcome: 'no-identity', reason: why }),
  limited: (limit: LimitMet): Ending => ({ outcome: 'limited', reason: limitReasons[limit] }),
  threeSilences: (): Ending => ({ outcome: 'no-input', reason: 'three silences' }),
  operatorAsked: (): Ending => ({ outcome: 'operator', reason: 'asked for at the code' }),
  /** @param last `mismatch` if at least one attempt was checked, `bad-input` if all had the wrong length */
  attemptsUsedUp: (last: 'mismatch' | 'bad-input'): Ending => ({ outcome: last, reason: 'no entries left' }),
  callBackPromised: (order: CallBackOrder): Ending => ({
    outcome: 'call-back',
    reason: 'told to answer',
    order,
  }),
  hungUpForCallBack: (order: CallBackOrder): Ending => ({
    outcome: 'call-back',
    reason: 'hung up as told',
    order,
  }),
  notAnswered: (why: NotAnswered): Ending => ({ outcome: 'not-answered', reason: why }),
  noConsent: (pressed: 'another key' | 'no key'): Ending => ({
    outcome: 'not-answered',
    reason: `${pressed} was pressed`,
  }),
  changed: (secondReading: SecondReading): Ending => ({ ...change, secondReading }),
  resetNoLongerValid: (): Ending => ({ outcome: 'fault', reason: 'the reset was no longer valid' }),
  changeUnconfirmed: (): Ending => ({ outcome: 'fault', reason: 'the database did not confirm the change' }),
  /** The caller hung up, the PBX removed the channel, or we cut the call. */
  channelGone: (error: ChannelGone): Ending => ({
    outcome: error instanceof CallCut ? 'interrupted' : 'hung-up',
    reason: error.message,
  }),
  fault: (error: unknown): Ending => ({ outcome: 'fault', reason: describeFault(error) }),
};

/** Written to the audit by the activation, in the transaction that changes the password. */
export const change = { outcome: 'changed', reason: 'heard, then stored' } as const;

/** The application ended before the call did. */
export const interrupted = {
  outcome: 'interrupted',
  reason: 'the application ended during the call',
} as const;

/** The ending of a call whose script threw: a hang-up, or a fault. */
export function endingOf(error: unknown): Ending {
  return error instanceof ChannelGone ? endings.channelGone(error) : endings.fault(error);
}

function describeFault(error: unknown): string {
  if (error instanceof RegistryUnavailable) return 'the database is away';
  return error instanceof Error ? error.name : 'unknown';
}
