/**
 * The situations that a citizen may complain about: outcomes with the reasons that mean the same to them, in
 * the order in which docs/complaints.md lists them. What is said of each stands in vi-situations.ts and
 * en-situations.ts.
 */
import type { CallOutcome } from '../../registry/call-records.ts';

/** The password that works after the call: of `latest` the last reset's, of `other` not the one just heard. */
export type WorkingPassword = 'old' | 'new' | 'latest' | 'other';

interface Situation {
  readonly outcome: CallOutcome;
  /** As recorded (hotline/ending.ts). `…` stands for what differs. */
  readonly reasons: readonly string[];
  readonly password: WorkingPassword;
}

export const situations = {
  changed: {
    outcome: 'changed',
    reasons: ['heard, then stored'],
    password: 'new',
  },
  callBackPromised: {
    outcome: 'call-back',
    reasons: ['told to answer', 'hung up as told'],
    password: 'old',
  },
  phoneBusyAtCallBack: {
    outcome: 'not-answered',
    reasons: ['busy'],
    password: 'old',
  },
  phoneUnanswered: {
    outcome: 'not-answered',
    reasons: ['no answer'],
    password: 'old',
  },
  callBackFailed: {
    outcome: 'not-answered',
    reasons: [
      'carrier not reached',
      'failed',
      'refused by the carrier: SIP …',
      'refused by the carrier: cause …',
    ],
    password: 'old',
  },
  noConsent: {
    outcome: 'not-answered',
    reasons: ['another key was pressed', 'no key was pressed'],
    password: 'old',
  },
  noMatch: {
    outcome: 'mismatch',
    reasons: ['no entries left'],
    password: 'old',
  },
  numberMoved: {
    outcome: 'mismatch',
    reasons: ['the number of the account has changed meanwhile'],
    password: 'old',
  },
  blockedMeanwhile: {
    outcome: 'mismatch',
    reasons: ['resets by phone have been blocked meanwhile'],
    password: 'old',
  },
  wrongLengths: {
    outcome: 'bad-input',
    reasons: ['no entries left'],
    password: 'old',
  },
  silences: {
    outcome: 'no-input',
    reasons: ['three silences'],
    password: 'old',
  },
  numberWithheld: {
    outcome: 'no-identity',
    reasons: ['the caller or the carrier withheld the number', 'From is anonymous'],
    password: 'old',
  },
  numberNotAsserted: {
    outcome: 'no-identity',
    reasons: [
      'the carrier asserts no number',
      'the call is not signed with attestation A',
      'the number is written as by HOTLINE_NUMBERS=national',
      'nobody vouches for the number',
    ],
    password: 'old',
  },
  numberUnreadable: {
    outcome: 'no-identity',
    reasons: [
      'the number asserted cannot be used',
      'From is no number that can be used',
      'the PBX gives no number that can be used',
    ],
    password: 'old',
  },
  numbersContradict: {
    outcome: 'no-identity',
    reasons: ['From is not the number asserted', 'several numbers are asserted'],
    password: 'old',
  },
  numberForged: {
    outcome: 'no-identity',
    reasons: [
      'another number is signed',
      'the signature is for a call to another number',
      'what was signed cannot be read',
      'the answers go to another address than the call came from',
    ],
    password: 'old',
  },
  answeredTooEarly: {
    outcome: 'no-identity',
    reasons: ['the dialplan answered the call before hotline-identity'],
    password: 'old',
  },
  tooManyCallsAtOnce: {
    outcome: 'limited',
    reasons: ['too many calls at once from this phone'],
    password: 'old',
  },
  tooManyMismatches: {
    outcome: 'limited',
    reasons: ['too many mismatches from this phone'],
    password: 'old',
  },
  tooManyResets: {
    outcome: 'limited',
    reasons: ['too many resets of this account'],
    password: 'latest',
  },
  tooManyCallBacks: {
    outcome: 'limited',
    reasons: ['too many calls back to this number'],
    password: 'old',
  },
  overloaded: {
    outcome: 'limited',
    reasons: ['too many calls back at once', 'all lines are busy', 'too many records wait for the database'],
    password: 'old',
  },
  stopping: {
    outcome: 'limited',
    reasons: ['the application is being stopped'],
    password: 'old',
  },
  served: {
    outcome: 'served',
    reasons: ['to the end of the branch'],
    password: 'old',
  },
  operatorAsked: {
    outcome: 'operator',
    reasons: ['asked for at the code'],
    password: 'old',
  },
  callerGone: {
    outcome: 'hung-up',
    reasons: ['the caller hung up'],
    password: 'old',
  },
  lineWithoutSound: {
    outcome: 'hung-up',
    reasons: ['the line was on hold for too long', 'no sound went out to the line'],
    password: 'old',
  },
  channelTaken: {
    outcome: 'hung-up',
    reasons: [
      'the application hung up',
      'handed back to the dialplan',
      'the channel is no longer there',
      'the channel has left the application',
    ],
    password: 'old',
  },
  databaseAway: {
    outcome: 'fault',
    reasons: ['the database is away'],
    password: 'old',
  },
  changeUnconfirmed: {
    outcome: 'fault',
    reasons: ['the database did not confirm the change'],
    password: 'old',
  },
  resetReplaced: {
    outcome: 'fault',
    reasons: ['the reset was no longer valid'],
    password: 'other',
  },
  programFault: {
    outcome: 'fault',
    reasons: ['…'],
    password: 'old',
  },
  interrupted: {
    outcome: 'interrupted',
    reasons: [
      'the application ended during the call',
      'the PBX took the call back',
      'cut: the application was stopping',
    ],
    password: 'old',
  },
} as const satisfies Record<string, Situation>;

export type SituationName = keyof typeof situations;

/** Every reason, as `situations` spells it. */
export type Reason = (typeof situations)[SituationName]['reasons'][number];
