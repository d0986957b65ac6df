import { buildIdentityHeaders } from '../../src/sip-caller/identity.ts';

const headers = (identity: Parameters<typeof buildIdentityHeaders>[0]) =>
  buildIdentityHeaders(identity, '127.0.0.2', 't1');

test('a caller shows the same number in From and P-Asserted-Identity', () => {
  expect(headers({ from: '0912345678' })).toEqual([
    ['From', '<sip:0912345678@127.0.0.2>;tag=t1'],
    ['P-Asserted-Identity', '<sip:0912345678@127.0.0.2>'],
  ]);
});

test('a withheld number does not appear anywhere in the call', () => {
  expect(headers({ from: '0912345678', withheld: true })).toEqual([
    ['From', '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=t1'],
    ['Privacy', 'id'],
  ]);
});

test('the asserted number may differ from the shown one, or be absent', () => {
  expect(headers({ from: '1', pai: '+84912345678' })[1]).toEqual([
    'P-Asserted-Identity',
    '<sip:+84912345678@127.0.0.2>',
  ]);
  expect(headers({ from: '1', pai: null })).toHaveLength(1);
});

test.each([
  ['"', '%22'],
  ['a b', 'a%20b'],
  ['${X}&1', '$%7BX%7D&1'],
  ['1\r\nX: y', '1%0D%0AX%3A%20y'],
  ['số', 's%E1%BB%91'],
  ['9'.repeat(200), '9'.repeat(200)],
])('the hostile number %j is sent inside a valid header', (from, escaped) => {
  expect(headers({ from })[0]).toEqual(['From', `<sip:${escaped}@127.0.0.2>;tag=t1`]);
});

test('a display name cannot break out of its quotes', () => {
  expect(headers({ from: '1', displayName: 'a"\\\r\nb' })[0]?.[1]).toBe(
    '"a\\"\\\\  b" <sip:1@127.0.0.2>;tag=t1',
  );
});

test('raw headers are sent as given and replace the generated ones', () => {
  expect(
    headers({
      from: '1',
      headers: [
        ['p-asserted-identity', '<tel:+84912345678>'],
        ['X-Any', '${A}'],
      ],
    }),
  ).toEqual([
    ['From', '<sip:1@127.0.0.2>;tag=t1'],
    ['p-asserted-identity', '<tel:+84912345678>'],
    ['X-Any', '${A}'],
  ]);
  expect(headers({ from: '1', headers: [['From', 'nonsense']] })[0]).toEqual(['From', 'nonsense;tag=t1']);
});
