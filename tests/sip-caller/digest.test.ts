import { answerChallenge, authorizationFor } from '../../src/sip-caller/digest.ts';

const mufasa = { username: 'Mufasa', password: 'Circle Of Life' };
const challenge =
  'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';

test('the example of RFC 2617, 3.5 gives the response printed there', () => {
  const answer = answerChallenge(challenge, mufasa, {
    method: 'GET',
    uri: '/dir/index.html',
    cnonce: '0a4f113b',
  });
  expect(answer).toContain('response="6629fae49393a05397450978507c4ef1"');
  expect(answer).toContain('qop=auth, nc=00000001, cnonce="0a4f113b"');
  expect(answer).toContain('opaque="5ccc069c403ebaf9f0171e9517f40e41"');
});

test('a challenge without qop is answered as before RFC 2617', () => {
  const answer = answerChallenge('Digest realm="asterisk",nonce="n"', mufasa, {
    method: 'INVITE',
    uri: 'sip:1@x',
    cnonce: 'c',
  });
  expect(answer).toMatch(
    /^Digest username="Mufasa", realm="asterisk", nonce="n", uri="sip:1@x", response="[0-9a-f]{32}", algorithm=MD5$/,
  );
});

test('a challenge with another algorithm is refused by name', () => {
  const request = { method: 'INVITE', uri: 'sip:1@x', cnonce: 'c' };
  expect(() => answerChallenge('Digest realm="a",nonce="n",algorithm=SHA-256', mufasa, request)).toThrow(
    'MD5',
  );
  expect(() => answerChallenge('Basic realm="a"', mufasa, request)).toThrow('MD5');
});

test('only 401 and 407 are answered, and only by a caller who has a password', () => {
  const request = { method: 'INVITE', uri: 'sip:1@x', headers: [], body: '' };
  const refused = (status: number, header: string) => ({
    status,
    reason: '',
    headers: [[header, challenge]] as const,
    body: '',
  });
  expect(authorizationFor(request, refused(401, 'WWW-Authenticate'), mufasa)?.[0]).toBe('Authorization');
  expect(authorizationFor(request, refused(407, 'Proxy-Authenticate'), mufasa)?.[0]).toBe(
    'Proxy-Authorization',
  );
  expect(authorizationFor(request, refused(403, 'WWW-Authenticate'), mufasa)).toBeUndefined();
  expect(authorizationFor(request, refused(401, 'WWW-Authenticate'), undefined)).toBeUndefined();
});
