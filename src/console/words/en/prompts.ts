/** Prompts and paths through the call, in English. */
import type { Words } from '../vi.ts';

const number = new Intl.NumberFormat('en-GB');

const led: Readonly<Record<string, string>> = {
  '1': 'key 1',
  '8': 'key 8',
  '0': 'key 0',
  '9': 'key 9',
  '*': 'key *',
  '10 digits': 'keys the code',
  'no match': 'no match',
  '8, the application is down': 'key 8, the application is down',
};

const step: Readonly<Record<string, string>> = {
  reading: 'reads the password',
  'reading-slowly': 'reads the password slowly',
  database: 'waits for the database',
};

export const prompts: Words['prompts'] = {
  title: 'Prompts',
  promptTitle: (name) => `Prompt ${name}`,
  back: 'Back to all prompts',
  paths: 'Time and cost of each path',
  pathsWhat:
    'From the recordings that are live. Usual: hears every prompt to its end and keys without hesitating. Worst: each key comes just before its time-out. 1,000 đồng a minute begun.',
  feeUnknown: 'Asterisk cannot be asked: where the fee is said before the menu, calls are longer by it.',
  list: 'All prompts',
  columns: {
    path: 'Path',
    usual: 'Usual',
    worst: 'Worst',
    limit: 'Limit',
    name: 'Name',
    text: 'Words',
    length: 'Length',
    level: 'Level',
    recording: 'Recording',
    listen: 'Listen',
    version: 'Version',
    made: 'Made by, at',
    act: 'Act',
  },
  led: (words) => led[words] ?? words,
  step: (words) => step[words] ?? words.replace(/^wait (\d+)$/, (_, ms) => `waits ${Number(ms) / 1000} s`),
  money: (vnd) => `${number.format(vnd)} VND`,
  over: (seconds) => `over ${seconds} s`,
  within: (seconds) => `within ${seconds} s`,
  level: (db) => `${db.toFixed(1).replace('-', '−')} dB`,
  silence: 'silence',
  program: "the program's",
  ownVersion: (version) => `version ${version}, by an admin`,
  outdated: "the words have changed, so the admin's recording is heard no more",
  when: 'When',
  usedIn: 'Used in',
  paths_: (count) => `${number.format(count)} paths`,
  live: 'live',
  heardNow: 'What callers hear now',
  versions: 'Versions',
  noVersions: 'None yet.',
  otherWords: (says) => `made for the words: “${says}”`,
  putLive: 'Put live',
  rollBack: 'Back to the one before',
  changes: 'Changes',
  change: (who, at, what) => `${at}: ${who} put ${what} live`,
  waveform: (what) => `Waveform: ${what}`,
  listenTo: (what) => `Listen to ${what}`,
  record: 'A new recording',
  sayThis: 'Say:',
  recordHint:
    'In a quiet room, one speaker for all prompts. Quiet ends are cut, the level is set and all is checked; callers hear it only when you put it live.',
  startRecording: 'Start recording',
  stopRecording: 'Stop',
  microphone: 'Microphone level',
  recorded: 'Recorded, seconds:',
  refusedMicrophone:
    'The browser does not allow the microphone. Allow it at the address bar, or upload a file.',
  noMicrophone:
    'Nothing can be recorded here: it needs https or 127.0.0.1, and a microphone. You can upload a file.',
  file: 'Or choose a WAV file',
  fileHint: (seconds, megabytes) => `WAV, 8 to 192 kHz, at most ${seconds} s and ${megabytes} MB.`,
  send: 'Send the recording',
  made: (version) => `Version ${version} is made. Listen to it beside the live one, then put it live.`,
  isLive: 'From the next playing on, callers hear this one. Running calls go on.',
  noSuchVersion: 'This version is gone, or its file is damaged. Record it again.',
  notLive: {
    elsewhere: (live) =>
      `Asterisk does not play from ${live}, so recordings cannot be changed here. See docs/admin.md, "Where the recordings are that callers hear".`,
    unknown: () => 'Asterisk cannot be asked now where it plays from, so nothing can be put live yet.',
    fixed: () => 'The store of recordings cannot be written, so nothing can be recorded or changed.',
  },
  noSox: 'This machine lacks sox, so no recording can be made: apt-get install sox',
  refused: {
    nothing: 'File: record something, or choose a WAV file.',
    'too-large': 'File: too large, at most 9 MB.',
    'no-wav':
      'File: expected a WAV (PCM of 8 to 32 bits or floats of 32, one or two channels, 8 to 192 kHz).',
    silent: 'File: no speech can be heard. Check the microphone.',
    'too-long': 'File: too long, at most 30 s; a digit at most 1 s.',
    'too-short':
      'File: too short for these words. The recording may have been cut off; record the whole prompt again.',
    'too-quiet': 'File: the speech is too quiet. Speak closer to the microphone.',
    clipped: 'File: the sound is clipped. Speak further from the microphone, or lower its level.',
    busy: 'Another recording is being made. Send it again in some seconds.',
    failed: 'The recording could not be made. The log says why.',
  },
};
