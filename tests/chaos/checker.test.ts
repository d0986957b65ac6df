import { held, readings, violations, type CallSeen, type RegistrySeen } from '../../tools/chaos/checker.ts';

const reading = (digits: string) =>
  Array.from(digits).flatMap((digit) => [`digits/${digit}`, 'hotline/pause']);
const firstReading = [
  'hotline/enter-code-10',
  'hotline/please-wait',
  'hotline/password-intro',
  ...reading('12345678'),
];
const call: CallSeen = {
  callId: 'a',
  heard: [...firstReading, 'hotline/silence', 'hotline/changed', ...reading('12345678'), 'hotline/goodbye'],
  hasReached: true,
  hasStayed: false,
};
const changed: RegistrySeen = {
  hash: 'new',
  oldHash: 'old',
  verifying: ['12345678'],
  audit: [{ callId: 'a', outcome: 'changed' }],
  open: [],
  prepared: 0,
  activated: 1,
  notifications: 1,
  charged: { a: 0 },
  othersChanged: 0,
};
const unchanged: RegistrySeen = {
  ...changed,
  hash: 'old',
  verifying: [],
  audit: [{ callId: 'a', outcome: 'hung-up' }],
  activated: 0,
  notifications: 0,
};

const found = (calls: CallSeen[], registry: RegistrySeen) =>
  violations(calls, registry, 8).map(({ invariant, what }) => `${invariant}: ${what}`);

test('a successful reset, and a call that changed nothing, have no violation', () => {
  expect(found([call], changed)).toEqual([]);
  expect(found([{ ...call, heard: firstReading.slice(0, 8) }], unchanged)).toEqual([]);
});

test('a caller may miss the confirmation of a change, but hears the password first', () => {
  expect(found([{ ...call, heard: firstReading }], changed)).toEqual([]);
  expect(found([{ ...call, heard: firstReading.slice(0, -2) }], changed)).toEqual([
    'I2: a password was stored that was not heard whole',
  ]);
});

test('of two calls for one account the later change counts', () => {
  const other = {
    ...call,
    callId: 'b',
    heard: call.heard.map((sound) => sound.replace('digits/1', 'digits/9')),
  };
  const both = {
    ...changed,
    audit: [...changed.audit, { callId: 'b', outcome: 'changed' }],
    activated: 2,
    notifications: 2,
  };
  expect(found([call, other], { ...both, verifying: ['92345678'] })).toEqual([]);
  expect(found([call, other], both)).toEqual([expect.stringMatching(/^I1/), expect.stringMatching(/^I2/)]);
});

test('a reading that a hold interrupts was not heard, and the one that begins anew counts', () => {
  const interrupted = ['hotline/password-intro', ...reading('1234'), held];
  const again = { ...call, heard: [...interrupted, ...call.heard.slice(2)] };
  expect(found([again], changed)).toEqual([]);
  const goesOnAndBeginsAnew = { ...call, heard: [...interrupted, ...reading('78'), ...call.heard.slice(2)] };
  expect(found([goesOnAndBeginsAnew], changed)).toEqual([]);
  const goesOn = {
    ...call,
    heard: [...interrupted, ...reading('5678'), 'hotline/changed', ...reading('12345678')],
  };
  expect(found([goesOn], changed)).toEqual([
    'I1: told "changed" without having heard the whole password',
    'I2: a password was stored that was not heard whole',
  ]);
});

test('the last digit counts only if the phone took sound to its end', () => {
  const untilHeld = [...reading('1234567'), 'digits/8', held];
  expect(readings(untilHeld)).toEqual([{ digits: '12345678', whole: false }]);
  expect(readings([...reading('12345678'), held])).toEqual([{ digits: '12345678', whole: true }]);
  expect(found([{ ...call, heard: [...firstReading.slice(0, 3), ...untilHeld] }], changed)).toEqual([
    'I2: a password was stored that was not heard whole',
  ]);
});

test.each<[string, CallSeen[], RegistrySeen, string[]]>([
  ['told "changed", the password does not work', [call], { ...changed, verifying: [] }, ['I1', 'I2']],
  ['told "changed", the old password is still there', [call], unchanged, ['I3', 'I1']],
  [
    'told "changed" after half a reading',
    [{ ...call, heard: [...firstReading.slice(0, 9), 'hotline/changed'] }],
    changed,
    ['I1', 'I2'],
  ],
  [
    'the second reading differs',
    [{ ...call, heard: call.heard.toSpliced(-3, 1, 'digits/9') }],
    changed,
    ['I1'],
  ],
  [
    'the third reading differs',
    [{ ...call, heard: [...call.heard, 'hotline/offer-reading', ...reading('12345679')] }],
    changed,
    ['I1'],
  ],
  [
    'told "not changed", and it was',
    [{ ...call, heard: [...firstReading, 'hotline/fault'] }],
    changed,
    ['I1'],
  ],
  ['the account is gone', [call], { ...unchanged, hash: null }, ['I3', 'I1', 'I2']],
  ['a password nobody spoke', [{ ...call, heard: firstReading }], { ...changed, verifying: [] }, ['I2']],
  [
    'a password without a record',
    [{ ...call, heard: firstReading }],
    { ...unchanged, hash: 'new', verifying: ['12345678'] },
    ['I2'],
  ],
  [
    'a record without the password',
    [{ ...call, heard: firstReading }],
    { ...changed, hash: 'old', verifying: [] },
    ['I2'],
  ],
  ['a reset left prepared', [call], { ...changed, prepared: 1 }, ['I4']],
  ['another account changed', [call], { ...changed, othersChanged: 1 }, ['I4']],
  ['no terminal row', [{ ...call, heard: firstReading }], { ...unchanged, audit: [] }, ['I5']],
  [
    'two terminal rows',
    [{ ...call, heard: firstReading }],
    { ...unchanged, audit: [...unchanged.audit, ...unchanged.audit] },
    ['I5'],
  ],
  ['a call left open', [{ ...call, heard: firstReading }], { ...unchanged, open: ['a'] }, ['I5']],
  ['a change nobody is told of', [call], { ...changed, notifications: 0 }, ['I5']],
  [
    'an attempt charged though we failed',
    [{ ...call, heard: ['hotline/fault'] }],
    { ...unchanged, audit: [{ callId: 'a', outcome: 'fault' }], charged: { a: 1 } },
    ['charge'],
  ],
])('the checker sees: %s', (_, calls, registry, invariants) => {
  expect(violations(calls, registry, 8).map(({ invariant }) => invariant)).toEqual(invariants);
});

test('a call that came and went while no application ran needs no row, a call that heard the application does', () => {
  expect(found([{ ...call, heard: [], hasReached: false }], { ...unchanged, audit: [] })).toEqual([]);
  expect(found([{ ...call, heard: ['hotline/silence'] }], { ...unchanged, audit: [] })).toEqual([
    'I5: a call has 0 terminal rows',
  ]);
});

test('a wrong code that was checked stays charged when its answer is lost on the line', () => {
  const registry = { ...unchanged, audit: [{ callId: 'a', outcome: 'fault' }], charged: { a: 1 } };
  expect(found([{ ...call, heard: ['hotline/please-wait'], unheardAnswers: 1 }], registry)).toEqual([]);
  expect(found([{ ...call, heard: ['hotline/please-wait'], unheardAnswers: 0 }], registry)).toEqual([
    'charge: 1 attempts charged, 0 answered',
  ]);
});

test('a caller who stays on the line hears how the call ended', () => {
  expect(found([{ ...call, hasStayed: true }], changed)).toEqual([]);
  expect(found([{ ...call, hasStayed: true, heard: firstReading.slice(0, 2) }], unchanged)).toEqual([
    'I8: the call ended without a word',
  ]);
});

test('the prompt between two readings separates them, and a reading that was cut off is not whole', () => {
  expect(
    readings([...reading('12'), 'hotline/silence', ...reading('34'), 'hotline/changed', 'digits/1']),
  ).toEqual([
    { digits: '1234', whole: true },
    { digits: '1', whole: false },
  ]);
});
