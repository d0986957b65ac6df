/** SIP digest authentication with MD5, which Asterisk requires of softphones (RFC 2617; RFC 3261, 22). */
import { createHash, randomBytes } from 'node:crypto';
import { headerValue, type SipRequest, type SipResponse } from './sip-message.ts';

/** Credentials of a softphone. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The request to authorise. `cnonce` is a random text chosen by the client. */
export interface DigestRequest {
  readonly method: string;
  readonly uri: string;
  readonly cnonce: string;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

function parseChallenge(challenge: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name, quoted, bare] of challenge.matchAll(/(?:^|[\s,])([a-z]+)=(?:"([^"]*)"|([^\s,]+))/gi)) {
    if (name !== undefined) parameters.set(name.toLowerCase(), quoted ?? bare ?? '');
  }
  return parameters;
}

/**
 * Builds the value of an Authorization (or Proxy-Authorization) header that answers a challenge.
 *
 * @param challenge the value of WWW-Authenticate or Proxy-Authenticate
 * @throws Error when the challenge is not Digest with MD5
 */
export function answerChallenge(challenge: string, credentials: Credentials, request: DigestRequest): string {
  const asked = parseChallenge(challenge);
  const algorithm = asked.get('algorithm') ?? 'MD5';
  if (!/^digest\s/i.test(challenge) || algorithm.toUpperCase() !== 'MD5') {
    throw new Error('the PBX asks for authentication other than MD5 digest, the only kind supported here');
  }
  const realm = asked.get('realm') ?? '';
  const nonce = asked.get('nonce') ?? '';
  const secret = md5(`${credentials.username}:${realm}:${credentials.password}`);
  const subject = md5(`${request.method}:${request.uri}`);
  const withQop = (asked.get('qop') ?? '').split(',').some((qop) => qop.trim() === 'auth');
  const nonceCount = '00000001';
  const response = withQop
    ? md5(`${secret}:${nonce}:${nonceCount}:${request.cnonce}:auth:${subject}`)
    : md5(`${secret}:${nonce}:${subject}`);
  const fields = [
    `username="${credentials.username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${request.uri}"`,
    `response="${response}"`,
    'algorithm=MD5',
  ];
  if (withQop) fields.push('qop=auth', `nc=${nonceCount}`, `cnonce="${request.cnonce}"`);
  const opaque = asked.get('opaque');
  if (opaque !== undefined) fields.push(`opaque="${opaque}"`);
  return `Digest ${fields.join(', ')}`;
}

/**
 * Builds the header with which a refused request can be sent again. Undefined when the response is
 * not a 401 or 407, or when there are no credentials.
 */
export function authorizationFor(
  request: SipRequest,
  response: SipResponse,
  credentials: Credentials | undefined,
): readonly [name: string, value: string] | undefined {
  const proxy = response.status === 407;
  if ((response.status !== 401 && !proxy) || !credentials) return undefined;
  const challenge = headerValue(response.headers, proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate') ?? '';
  const { method, uri } = request;
  const answer = answerChallenge(challenge, credentials, {
    method,
    uri,
    cnonce: randomBytes(8).toString('hex'),
  });
  return [proxy ? 'Proxy-Authorization' : 'Authorization', answer];
}
