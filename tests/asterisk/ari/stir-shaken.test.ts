import { readPassport } from '../../../src/asterisk/ari/stir-shaken.ts';

const encode = (part: string): string => Buffer.from(part).toString('base64url');

/** An Identity header as carriers send it, with this payload. */
function identity(payload: string): string {
  const header = encode(
    JSON.stringify({ alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u: 'https://carrier.example/cert.pem' }),
  );
  return `${header}.${encode(payload)}.${'s'.repeat(86)};info=<https://carrier.example/cert.pem>;alg=ES256;ppt=shaken`;
}

const signed = (claims: object) =>
  readPassport(identity(JSON.stringify({ attest: 'A', iat: 1443208345, ...claims })));

test.each([
  ['one number', { tn: ['8419009068'] }, ['8419009068']],
  ['several', { tn: ['842438223344', '8419009068'] }, ['842438223344', '8419009068']],
  [
    'a number and a SIP address',
    { uri: ['sip:hotline@carrier.example'], tn: ['8419009068'] },
    ['8419009068'],
  ],
  ['an empty list', { tn: [] }, []],
])('a call signed for %s', (_title, dest, called) => {
  expect(signed({ dest, orig: { tn: '84912345678' } })).toEqual({ caller: '84912345678', called });
});

test.each([
  ['for a SIP address only', { dest: { uri: ['sip:19009068@carrier.example'] } }],
  ['for nobody', { dest: undefined }],
  ['for nothing', { dest: null }],
  ['for a number in no list', { dest: { tn: '8419009068' } }],
  ['for a list with more than texts in it', { dest: { tn: ['8419009068', 8419009068] } }],
  ['for a number where the object should be', { dest: ['8419009068'] }],
  ['by nobody', { orig: undefined }],
  ['by a SIP address', { orig: { uri: 'sip:84912345678@carrier.example' } }],
  ['by several numbers', { orig: { tn: ['84912345678', '84987654321'] } }],
  ['by a number that is no text', { orig: { tn: 84912345678 } }],
])('a call signed %s names no numbers', (_title, claims) => {
  expect(signed({ dest: { tn: ['8419009068'] }, orig: { tn: '84912345678' }, ...claims })).toBeNull();
});

const payload = JSON.stringify({
  dest: { tn: ['8419009068'] },
  orig: { tn: '84912345678' },
  origid: '>>>???',
});

test.each([
  ['no header', ''],
  ['an empty token', ';info=<https://carrier.example>'],
  ['a token without parameters', identity(payload).split(';')[0]!],
  ['a token without a signature', `${identity(payload).split('.').slice(0, 2).join('.')};ppt=shaken`],
  ['a token with its payload left out (RFC 8225, 7)', `..${'s'.repeat(86)};ppt=shaken`],
  ['a token of four parts', identity(payload).replace('.', '.e30.')],
  ['a payload in plain text', `e30.${payload}.sig;ppt=shaken`],
  [
    'a payload in base64 instead of base64url',
    `e30.${Buffer.from(payload).toString('base64').replace(/=+$/, '')}.sig;ppt=shaken`,
  ],
  ['a payload that is no JSON', identity('dest: 8419009068')],
  ['a payload cut short', identity(payload.slice(0, -1))],
  ['two headers in one', `${identity('{}')}, ${identity(payload)}`],
  ['a token in quotes', `"${identity(payload).split(';')[0]}";ppt=shaken`],
  ['a header longer than Asterisk returns', identity(`${payload}${' '.repeat(4000)}`)],
])('%s names no number', (_title, header) => {
  expect(readPassport(header)).toBeNull();
});

test('the first of two headers in one is what counts, as it is what Asterisk verifies', () => {
  const second = identity(payload.replace('8419009068', '842438223344'));
  expect(readPassport(`${identity(payload)}, ${second}`)).toMatchObject({ called: ['8419009068'] });
});
