import { formatTime, maskKeys, renderTranscript } from '../../src/sip-caller/transcript.ts';

test('times are minutes, seconds and tenths', () => {
  expect([0, 999, 62_345, 600_000].map(formatTime)).toEqual(['00:00.0', '00:00.9', '01:02.3', '10:00.0']);
});

test('a keyed code shows only its ends, a single key is shown as it is', () => {
  expect(['8', '0123456789', '80123456789', '12345'].map(maskKeys)).toEqual([
    '8',
    '01******89',
    '80*******89',
    '12*45',
  ]);
});

test('a transcript reads as the call sounded', () => {
  expect(
    renderTranscript(
      [
        { kind: 'heard', atMs: 0, name: 'hotline/menu', endedAtMs: 500, complete: false },
        { kind: 'keyed', atMs: 600, keys: '8' },
        { kind: 'heard', atMs: 2000, name: 'digits/4', endedAtMs: 2500, complete: true },
        { kind: 'heard', atMs: 3000, name: 'digits/8', endedAtMs: 3500, complete: true },
        { kind: 'unknown', atMs: 4000 },
        { kind: 'unknown', atMs: 4400 },
        { kind: 'ended', atMs: 5000, by: 'pbx' },
      ],
      new Map([['hotline/menu', 'Kính chào']]),
    ),
  ).toEqual([
    '00:00.0  heard  hotline/menu  «Kính chào»  (cut off)',
    '00:00.6  keyed  8',
    '00:02.0  heard  digits  4 8',
    '00:04.0  heard  something that is not a recording of the hotline',
    '00:05.0  ended  the hotline hung up',
  ]);
});
