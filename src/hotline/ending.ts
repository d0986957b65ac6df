/**
 * How a call ends: one outcome and one reason, which the audit row and the log line of the call both
 * carry. Every ending is made here. Two reasons come from elsewhere: why the channel went
 * (call/channel.ts), and the name of an error that nobody expected.
 */
import { notAnswered, type NotAnswered } from '../call/call-back-line.ts';
import { ChannelGone, type GoneReason } from '../call/channel.ts';
import type { CallAdmission, CallOutcome } from '../registry/call-records.ts';
import type { NoLongerMatch } from '../registry/resets.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type { CallBackOrder } from './call-back/orders.ts';

/** Why the caller's number is not believed (caller-identity.ts). */
const noIdentityReasons = [
  'From is anonymous',
  'From is no number that can be used',
  'From is not the number asserted',
  'another number is signed',
  'nobody vouches for the number',
  'several numbers are asserted',
  'the PBX gives no number that can be used',
  'the answers go to another address than the call came from',
  'the caller or the carrier withheld the number',
  'the call is not signed with attestation A',
  'the carrier asserts no number',
  'the dialplan answered the call before hotline-identity',
  'the number asserted cannot be used',
  'the number is written as by HOTLINE_NUMBERS=national',
  'the signature is for a call to another number',
  'what was signed cannot be read',
] as const;
export type NoIdentityReason = (typeof noIdentityReasons)[number];

/** Why a call was sent back to the dialplan at once. In a flood, `(3 calls in this row)` may follow. */
export const refusals = [
  'all lines are busy',
  'the application is being stopped',
  'too many records wait for the database',
] as const;
export type Refusal = (typeof refusals)[number];

/**
 * A limit across calls that the caller has met. Each is about their own phone or account, or about our
 * lines, so they may be told.
 */
export type LimitMet =
  Exclude<CallAdmission, 'admitted' | 'ended'> | 'too-often' | 'call-backs-over' | 'call-backs-busy';

export const limitReasons = {
  'phone-busy': 'too many calls at once from this phone',
  'phone-over': 'too many mismatches from this phone',
  'too-often': 'too many resets of this account',
  'call-backs-over': 'too many calls back to this number',
  'call-backs-busy': 'too many calls back at once',
} as const satisfies Record<LimitMet, string>;

/** Why an account that matched matches no more: an import has given it another number, or an officer has blocked it. */
const noLongerMatch = {
  moved: 'the number of the account has changed meanwhile',
  blocked: 'resets by phone have been blocked meanwhile',
} as const satisfies Record<NoLongerMatch, string>;

const noConsentReasons = ['another key was pressed', 'no key was pressed'] as const;

/** Whether a call whose channel has gone was hung up, or ended by a fault of ours. */
const goneOutcomes = {
  'the caller hung up': 'hung-up',
  'the application hung up': 'hung-up',
  'handed back to the dialplan': 'hung-up',
  'the channel is no longer there': 'hung-up',
  'the channel has left the application': 'hung-up',
  'the line was on hold for too long': 'hung-up',
  'no sound went out to the line': 'hung-up',
  'the PBX took the call back': 'interrupted',
  'cut: the application was stopping': 'interrupted',
} as const satisfies Record<GoneReason, 'hung-up' | 'interrupted'>;

/** Written to the audit by the activation, in the transaction that changes the password. */
export const change = { outcome: 'changed', reason: 'heard, then stored' } as const;

/** The application ended before the call did. */
export const interrupted = {
  outcome: 'interrupted',
  reason: 'the application ended during the call',
} as const;

/** For every branch whose endings have no outcome of their own. */
const served = { outcome: 'served', reason: 'to the end of the branch' } as const;

const faultReasons = [
  'the database is away',
  'the database did not confirm the change',
  'the reset was no longer valid',
] as const;

/**
 * Every outcome with its reasons. `…` stands for what differs: a SIP code, the name of an error that nobody
 * expected. console/advice/ says of each what an officer tells a citizen.
 */
export const reasons = {
  changed: [change.reason],
  'call-back': ['told to answer', 'hung up as told'],
  'not-answered': [
    ...notAnswered,
    'refused by the carrier: SIP …',
    'refused by the carrier: cause …',
    ...noConsentReasons,
  ],
  mismatch: ['no entries left', noLongerMatch.moved, noLongerMatch.blocked],
  'bad-input': ['no entries left'],
  'no-input': ['three silences'],
  'no-identity': noIdentityReasons,
  limited: [...Object.values(limitReasons), ...refusals],
  operator: ['asked for at the code'],
  served: [served.reason],
  'hung-up': goneReasons('hung-up'),
  fault: [...faultReasons, '…'],
  interrupted: [interrupted.reason, ...goneReasons('interrupted')],
} as const satisfies Record<CallOutcome, readonly string[]>;

/** Outcome and reason are free of caller data. */
export type Ending =
  | {
      readonly outcome: 'changed';
      readonly reason: typeof change.reason;
      readonly secondReading: SecondReading;
    }
  | { readonly outcome: 'call-back'; readonly reason: CallBackReason; readonly order: CallBackOrder }
  | { readonly outcome: 'no-identity'; readonly reason: NoIdentityReason }
  | { readonly outcome: 'limited'; readonly reason: LimitReason | Refusal }
  | { readonly outcome: 'no-input'; readonly reason: (typeof reasons)['no-input'][number] }
  | { readonly outcome: 'operator'; readonly reason: (typeof reasons)['operator'][number] }
  | typeof served
  | { readonly outcome: 'bad-input'; readonly reason: (typeof reasons)['bad-input'][number] }
  | { readonly outcome: 'mismatch'; readonly reason: (typeof reasons)['mismatch'][number] }
  | { readonly outcome: 'not-answered'; readonly reason: NotAnswered | (typeof noConsentReasons)[number] }
  | { readonly outcome: 'hung-up' | 'interrupted'; readonly reason: GoneReason }
  | typeof interrupted
  /** The reason may be the name of an unexpected error. */
  | { readonly outcome: 'fault'; readonly reason: string };

/** What became of the second reading. The password is the account's either way, so it is no reason. */
export type SecondReading = 'heard' | 'hung up' | 'failed';

type LimitReason = (typeof limitReasons)[LimitMet];
type CallBackReason = (typeof reasons)['call-back'][number];

/** Constructors, in the order in which they can occur in a call. */
export const endings = {
  refused: (why: Refusal) => ({ outcome: 'limited', reason: why }) as const,
  noIdentity: (why: NoIdentityReason): Ending => ({ outcome: 'no-identity', reason: why }),
  limited: (limit: LimitMet): Ending => ({ outcome: 'limited', reason: limitReasons[limit] }),
  threeSilences: (): Ending => ({ outcome: 'no-input', reason: 'three silences' }),
  operatorAsked: (): Ending => ({ outcome: 'operator', reason: 'asked for at the code' }),
  /** @param last `mismatch` if at least one attempt was checked, `bad-input` if all had the wrong length */
  attemptsUsedUp: (last: 'mismatch' | 'bad-input'): Ending => ({ outcome: last, reason: 'no entries left' }),
  noLongerMatch: (why: NoLongerMatch): Ending => ({ outcome: 'mismatch', reason: noLongerMatch[why] }),
  callBack: (order: CallBackOrder, caller: CallBackReason): Ending => ({
    outcome: 'call-back',
    reason: caller,
    order,
  }),
  notAnswered: (why: NotAnswered): Ending => ({ outcome: 'not-answered', reason: why }),
  noConsent: (pressed: 'another key' | 'no key'): Ending => ({
    outcome: 'not-answered',
    reason: `${pressed} was pressed`,
  }),
  /** The branch has done what it is for. */
  served: (): Ending => served,
  changed: (secondReading: SecondReading): Ending => ({ ...change, secondReading }),
  resetNoLongerValid: () => fault('the reset was no longer valid'),
  changeUnconfirmed: () => fault('the database did not confirm the change'),
  /** The caller hung up, the PBX took the channel away, or we cut the call. */
  channelGone: ({ reason }: ChannelGone): Ending => ({ outcome: goneOutcomes[reason], reason }),
  fault: (error: unknown): Ending =>
    error instanceof RegistryUnavailable
      ? fault('the database is away')
      : { outcome: 'fault', reason: error instanceof Error ? error.name : 'unknown' },
};

/** Whether a call-back failed before it got to the phone of its owner: nobody can be called back then. */
export function isTrunkFault({ outcome, reason }: Ending): boolean {
  if (outcome !== 'not-answered') return false;
  return (
    reason === 'carrier not reached' || reason === 'failed' || reason.startsWith('refused by the carrier')
  );
}

/** The ending of a call whose script threw: a hang-up, or a fault. */
export function endingOf(error: unknown): Ending {
  return error instanceof ChannelGone ? endings.channelGone(error) : endings.fault(error);
}

/** Whether the call ended by a fault of ours, and not because the caller hung up. */
export function isInterruption(error: ChannelGone): boolean {
  return goneOutcomes[error.reason] === 'interrupted';
}

function fault(reason: (typeof faultReasons)[number]): Ending {
  return { outcome: 'fault', reason };
}

function goneReasons(outcome: 'hung-up' | 'interrupted'): readonly string[] {
  return Object.keys(goneOutcomes).filter((reason) => goneOutcomes[reason as GoneReason] === outcome);
}
