/** What an officer reads about a call, in English. */
import { situations } from './en-situations.ts';
import { steps } from './en-steps.ts';
import type { AdviceWords } from './words.ts';

const nobodyVouches =
  'Nobody vouches for the number. A number that stands there is only what the call claims.';

export const english: AdviceWords = {
  outcomes: {
    changed: 'changed',
    'call-back': 'call-back promised',
    'not-answered': 'call-back failed',
    mismatch: 'no match',
    'bad-input': 'wrong code length',
    'no-input': 'no code keyed',
    'no-identity': 'number not trusted',
    limited: 'limited',
    operator: 'operator',
    served: 'served',
    'hung-up': 'hung up',
    fault: 'fault',
    interrupted: 'interrupted',
  },
  reasons: null,
  passwords: { old: 'old', new: 'new', latest: 'of the last change', other: 'not the one just heard' },
  situations,
  verdicts: {
    asserted: { name: 'asserted', means: 'The carrier vouches for the number.' },
    contradictory: {
      name: 'contradictory',
      means:
        "The carrier names two numbers. Somebody may have used the number of another: these mismatches need not be its owner's.",
    },
    unasserted: { name: 'unasserted', means: nobodyVouches },
    unattested: { name: 'unattested', means: nobodyVouches },
    withheld: { name: 'withheld', means: 'The number was withheld, missing or unreadable.' },
    notJudged: {
      name: 'not judged',
      means: 'The hotline called, or the call ended before the number was judged.',
    },
  },
  details: {
    branch: {
      name: 'Branch',
      means:
        'The call was in another branch than 8, the one named here. That branch changes no password, whatever stands below about one.',
    },
    validUntil: {
      name: 'New password works until',
      means:
        'The new password works until then, ten minutes after the call if PASSWORD_VALID_MINUTES is as shipped. This is the commonest cause of a complaint: the citizen logged in too late. Have them call again and log in at once. Whether they have logged in is not ours to know; VssID knows.',
    },
    noExpiry: { name: 'New password does not expire', means: 'The new password has no time limit.' },
    mismatches: {
      name: 'Codes that did not match',
      means: 'So many codes keyed in the call did not match the number, also where the caller then hung up.',
    },
    incompleteCodes: {
      name: 'Incomplete codes',
      means:
        'So many codes had too few digits; one that was still being keyed when the call ended counts. A line with «the application ended during the call» cannot say it.',
    },
    silences: {
      name: 'Times no key arrived',
      means:
        'So many times the code was asked for and no key arrived. A line with «the application ended during the call» cannot say it. If the citizen says that they pressed keys, tell the technician.',
    },
    readingBegun: {
      name: 'The first reading had begun',
      means:
        'A code matched and the new password was being read, or about to be; the call ended before the password changed.',
    },
  },
  steps,
};
