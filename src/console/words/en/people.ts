/** Accounts of citizens, and users of the console, in English. */
import type { Words } from '../vi.ts';

export const account: Words['account'] = {
  title: 'Account',
  what: 'When a citizen reports a stolen SIM: block resets by phone for their code. To a caller a blocked account sounds like a mismatch.',
  code: 'BHXH code or personal ID',
  look: 'Show',
  logged: 'The look is written to the audit log.',
  notFound: 'No account has this code. Check each digit.',
  state: 'Resets by phone',
  states: {
    allowed: 'allowed',
    'call-back': 'by call-back to the registered number only',
    blocked: 'blocked',
  },
  stateHints: {
    allowed: 'As usual.',
    'call-back':
      'A password is read only when the hotline calls the registered number. Not for a SIM that is lost.',
    blocked: 'Nobody gets a password by phone until it is allowed again.',
  },
  since: 'Since',
  by: 'Set by',
  reason: 'Reason',
  reasonHint: 'For example: SIM stolen, identity card seen at the desk. No codes, no phone numbers.',
  change: 'Change',
  save: 'Save',
  saved: 'Saved.',
  changedMeanwhile:
    'Not saved: the state has been changed since you opened this page. Look at it below, and save again if it is still needed.',
  adminOnly: 'Only an admin can change this. Pass the request on at once.',
};

export const users: Words['users'] = {
  title: 'Users',
  columns: {
    name: 'Name',
    role: 'Role',
    state: 'State',
    signedIn: 'Last sign-in',
    sessions: 'Sessions',
    acts: 'Actions',
  },
  active: 'active',
  disabled: 'disabled',
  never: 'never',
  add: 'Add a user',
  name: 'Name',
  nameHint: 'a-z 0-9 . _ -',
  role: 'Role',
  roleHints: {
    viewer: 'sees Now and Figures only',
    officer: 'also searches and sees calls, and sees accounts',
    admin: 'also blocks accounts, records prompts, manages users, stops nodes',
  },
  password: 'Password',
  passwordHint: 'At least 12 characters, not easy to guess. Hand it over in person, to be changed.',
  newPassword: 'New password',
  submit: 'Add',
  disable: 'Disable',
  enable: 'Enable',
  end: 'End sessions',
  setPassword: 'Set password',
  setRole: 'Change role',
  change: (name) => `Change ${name}`,
  taken: 'The name is taken.',
  done: 'Saved.',
  notYourself: 'You cannot disable yourself or change your own role.',
  ownElsewhere: 'Change your own password on the page “Change my password”.',
  own: 'Change my password',
  wait: (seconds) =>
    `The current password cannot be checked at the moment. Try again in ${Math.ceil(seconds / 60)} min.`,
  ownHint: 'At least 12 characters, not easy to guess. Your other sessions will end.',
  current: 'Current password',
  changed: 'The password is changed. Your other sessions have ended.',
};
