/** The phone's words in English. */
import type { PhoneWords } from './vi.ts';

const number = new Intl.NumberFormat('en-GB');

export const english: PhoneWords = {
  title: 'Phone in the browser',
  purpose:
    'For developers: call the hotline of this machine as a citizen does. This page is there with “make run” only, and opens on this machine only.',
  console: 'Console of the hotline',
  skip: 'Skip to content',
  otherLanguage: 'Tiếng Việt',
  noScript: 'This page needs JavaScript.',
  caller: 'Who calls',
  withheld: 'Number withheld',
  codes: (codes) =>
    codes.length === 0 ? 'No code matches a call without a number.' : `Code to key: ${codes.join(' or ')}`,
  call: 'Call 1900.9068',
  hangUp: 'Hang up',
  statuses: {
    idle: 'No call yet.',
    calling: 'Calling …',
    talking: 'In the call.',
    ended: { you: 'You have hung up.', hotline: 'The hotline has hung up.' },
  },
  time: 'Time',
  cost: 'Cost',
  money: (dong) => `${number.format(dong)} VND`,
  costHint: '1,000 VND for each minute begun.',
  loginPage: '/login?lang=en',
  logIn: 'Log in to VssID with the password you heard (example page, opens a new window)',
  keypad: 'Keypad',
  keyName: (key) => ({ '*': 'star', '#': 'hash' })[key] ?? key,
  keyHint: 'Or use the keyboard: 0–9 * #, Enter to call, Esc to hang up.',
  volume: 'Volume',
  captions: 'Captions',
  captionsHint:
    'The page listens to the sound of the call and recognises each recording, the digits of a password too. The server sends no captions, and does not know which password was read.',
  nothingYet: 'Nothing heard yet.',
  hotline: 'Hotline',
  you: 'You',
  keyed: (keys) => `keyed ${keys}`,
  digits: (digits) => `reads digits: ${digits}`,
  unknownSound: 'sound that is none of the recordings',
  cutOff: '(cut off)',
  noCaptions:
    'This browser does not let a page see the packets of sound (RTCRtpScriptTransform), so there are no captions. Calls work.',
  microphone: {
    refused:
      'The page may not use the microphone. The call goes on: you hear, and keys work; only the hotline does not hear you. To use the microphone, allow it beside the address, and call again.',
    missing:
      'This machine has no microphone. The call goes on: you hear, and keys work; only the hotline does not hear you.',
  },
  notLoaded:
    'The settings of the phone cannot be read. See whether “make run” still runs, then load the page again.',
  failures: {
    unreachable: 'Asterisk cannot be reached. See whether “make run” still runs.',
    refused: 'Asterisk refused the call. If “make run” was started again, load this page again.',
    busy: 'The hotline is busy: this number has all the lines it may have.',
    media:
      'No sound came through. Asterisk needs a network address besides 127.0.0.1, though it does not use it: connect this machine to any network and call again.',
    other: 'The call failed.',
  },
};
