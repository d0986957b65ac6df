/** What happened in each situation, and what an officer tells the citizen, in English. Plain text. */
import type { Told } from './words.ts';
import type { SituationName } from './situations.ts';

export const situations: Readonly<Record<SituationName, Told>> = {
  changed: {
    happened: 'The password was heard once to its end, then changed.',
    say: 'See until when the password works. If that is over: call again, write the password down, log in at once and set one of your own. If not: key exactly the digits that were read.',
  },
  callBackPromised: {
    happened:
      'The code matched; the hotline promised to call the registered number. That call has a line of its own.',
    say: 'See that call, just after this one. They have to answer and press 1.',
  },
  phoneBusyAtCallBack: {
    happened: 'The hotline called back and the phone was busy.',
    say: 'Hang up when told so, leave the line free, and call the hotline again.',
  },
  phoneUnanswered: {
    happened: 'The hotline called back and nobody answered.',
    say: 'Leave the phone on, answer it, and call the hotline again for another call.',
  },
  callBackFailed: {
    happened: "A fault here or at the carrier; the citizen's phone did not ring.",
    say: 'Apologise; call again later. Give the reason to the technician: nobody is called back until it is mended.',
  },
  noConsent: {
    happened: 'Somebody, or a voicemail, answered and did not press 1.',
    say: 'Call the hotline again; when it calls, press 1 to listen.',
  },
  noMatch: {
    happened: 'All attempts were used, and none matched.',
    say: 'Check the code (the last 10 digits on the health insurance card), and call from the registered number. If the number is another now, have it changed at a BHXH office. Do not say which of the two is wrong. If they are sure that they keyed it right, look whether the account is blocked.',
  },
  numberMoved: {
    happened: 'During the call, the registry gave the account another number.',
    say: 'Call from the new number. If they did not change it, see a BHXH office.',
  },
  blockedMeanwhile: {
    happened: 'During the call, an admin blocked resets by phone.',
    say: 'Look at the account: who blocked it, when and why. The owner gets a password at a BHXH office.',
  },
  wrongLengths: {
    happened: 'Every code had too few or too many digits.',
    say: 'Key all digits of the code and nothing else; the star key starts again.',
  },
  silences: {
    happened: 'No key arrived, three times.',
    say: 'Open the keypad when asked. If they did press keys: another phone, and tell the technician.',
  },
  numberWithheld: {
    happened: 'The number was withheld.',
    say: 'Turn off number withholding and call again from the registered number.',
  },
  numberNotAsserted: {
    happened: "The carrier does not vouch for the number. Not the citizen's fault.",
    say: 'Call again from the SIM of the registered number. Tell the technician if it happens to many.',
  },
  numberUnreadable: {
    happened:
      'The number could not be read as a Vietnamese one (foreign, an office extension, written in another form).',
    say: 'Call from the registered Vietnamese number. Tell the technician if they did.',
  },
  numbersContradict: {
    happened: 'The carrier names several numbers, so it is not certain who called.',
    say: 'Call directly from the registered phone, not through forwarding or a calling app.',
  },
  numberForged: {
    happened: 'The call looks as if its number was forged.',
    say: 'If it was them: call again from the registered SIM. If not: somebody tried to use their number; the password was not changed. Tell the technician.',
  },
  answeredTooEarly: {
    happened:
      "A mistake in the PBX: the call was answered before its number was judged. Not the citizen's fault.",
    say: 'Tell the technician at once: nobody who calls that way gets a password. The operator helps.',
  },
  tooManyCallsAtOnce: {
    happened: 'This number had too many calls at the same time.',
    say: 'End the other calls and call again.',
  },
  tooManyMismatches: {
    happened: 'Too many wrong codes from this number within an hour or a day.',
    say: 'Call again in an hour, or else tomorrow, with the right code.',
  },
  tooManyResets: {
    happened: 'The account got a password a moment ago, or has had its number for the day.',
    say: 'Use the last one while it is valid; else call again in a minute, or tomorrow. If they did not call, tell the technician.',
  },
  tooManyCallBacks: {
    happened: 'This number was called back as often as it may be in a day.',
    say: 'Call again tomorrow.',
  },
  overloaded: {
    happened: 'The hotline was overloaded. One line may stand for many calls.',
    say: 'Apologise; call again in a few minutes.',
  },
  stopping: { happened: 'The hotline was being maintained.', say: 'Apologise; call again in a few minutes.' },
  served: {
    happened:
      'The caller was in another branch than 8, to its end or until they hung up. No password was asked for or changed.',
    say: 'The password is as it was. For a new one: call again and press 8.',
  },
  operatorAsked: {
    happened: 'The caller pressed 0 for a person.',
    say: 'Ask whether they reached one; call again in office hours.',
  },
  callerGone: {
    happened:
      'They hung up, or lost the connection, before the change. The details say how far they had come; without any, no key of a code was pressed (or they hung up the moment it was complete).',
    say: 'Call again and listen until "the password has been changed". A password heard in part does not work.',
  },
  lineWithoutSound: {
    happened: 'The phone held the call for too long, or took no sound.',
    say: 'Call again, without holding or taking another call meanwhile.',
  },
  channelTaken: {
    happened: 'The PBX ended the call or led it elsewhere before the change.',
    say: 'Apologise; call again. Tell the technician if it happens again.',
  },
  databaseAway: {
    happened: 'The registry did not answer; the caller was told that nothing was changed.',
    say: 'Apologise; use the old password or call again later.',
  },
  changeUnconfirmed: {
    happened:
      'The password was read and could not be stored; the caller was told that it was not certain. This record makes it certain: nothing was changed.',
    say: 'Apologise; use the old password or call again.',
  },
  resetReplaced: {
    happened:
      "Another call for the same account replaced this one, the account's number had just changed, the account had just been blocked, or the reading took too long.",
    say: 'Look for another call about the same code. One call at a time.',
  },
  programFault: {
    happened: 'The reason is the name of a fault in the program.',
    say: 'Apologise; call again. Give the technician all that is shown of the call.',
  },
  interrupted: {
    happened: 'The system stopped during the call, before the change.',
    say: 'Apologise; call again.',
  },
};
