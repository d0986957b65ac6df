import { signedDestinations } from '../../src/asterisk/passport.ts';

const encode = (part: string): string => Buffer.from(part).toString('base64url');

/** An Identity header as carriers send it, whose payload is this text. */
function identity(payload: string): string {
  const header = encode(JSON.stringify({ alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u: 'https://carrier.example/cert.pem' }));
  return `${header}.${encode(payload)}.${'s'.repeat(86)};info=<https://carrier.example/cert.pem>;alg=ES256;ppt=shaken`;
}

const signedFor = (dest: unknown): readonly string[] =>
  signedDestinations(identity(JSON.stringify({ attest: 'A', dest, iat: 1443208345, orig: { tn: '84912345678' } })));

test.each([
  ['one number', { tn: ['8419009068'] }, ['8419009068']],
  ['several', { tn: ['842438223344', '8419009068'] }, ['842438223344', '8419009068']],
  ['a number and a SIP address', { uri: ['sip:hotline@carrier.example'], tn: ['8419009068'] }, ['8419009068']],
  ['a SIP address only', { uri: ['sip:19009068@carrier.example'] }, []],
  ['an empty list', { tn: [] }, []],
  ['nobody', undefined, []],
  ['nothing', null, []],
  ['a number in no list', { tn: '8419009068' }, []],
  ['a list with more than texts in it', { tn: ['8419009068', 8419009068] }, []],
  ['a number where the object should be', ['8419009068'], []],
])('a call signed for %s', (_title, dest, numbers) => {
  expect(signedFor(dest)).toEqual(numbers);
});

const payload = JSON.stringify({ dest: { tn: ['8419009068'] } });

test.each([
  ['no header', ''],
  ['an empty token', ';info=<https://carrier.example>'],
  ['a token without parameters', identity(payload).split(';')[0]!],
  ['a token without a signature', `${identity(payload).split('.').slice(0, 2).join('.')};ppt=shaken`],
  ['a token with its payload left out (RFC 8225, 7)', `..${'s'.repeat(86)};ppt=shaken`],
  ['a token of four parts', identity(payload).replace('.', '.e30.')],
  ['a payload in plain text', `e30.${payload}.sig;ppt=shaken`],
  ['a payload in base64 of the other alphabet', `e30.${Buffer.from(`${payload}    >>>???`).toString('base64')}.sig;ppt=shaken`],
  ['a payload that is no JSON', identity('dest: 8419009068')],
  ['a payload cut short', identity(payload.slice(0, -1))],
  ['two headers in one', `${identity('{}')}, ${identity(payload)}`],
  ['a token in quotes', `"${identity(payload).split(';')[0]}";ppt=shaken`],
  ['a header longer than Asterisk hands out', identity(`${payload}${' '.repeat(4000)}`)],
])('%s names no number', (_title, header) => {
  expect(signedDestinations(header)).toEqual([]);
});

test('the first of two headers in one is what counts, as it is what Asterisk verifies', () => {
  expect(signedDestinations(`${identity(payload)}, ${identity(JSON.stringify({ dest: { tn: ['842438223344'] } }))}`)).toEqual(['8419009068']);
});
