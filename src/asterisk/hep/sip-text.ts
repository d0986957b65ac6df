/** The few parts of a SIP message that tell why it was refused, from text that anybody may have sent. */

/** A request or a response. Fields that came from outside hold harmless characters only. */
export interface SipParts {
  /** Undefined for a request. */
  readonly status: number | undefined;
  readonly method: string;
  /** Call-ID and CSeq, which a request shares with its responses. */
  readonly transaction: string;
  readonly callId: string;
  /** Whether it belongs to a call or another dialog that exists. */
  readonly isInDialog: boolean;
  readonly hasCredentials: boolean;
  /** A challenge because the nonce was old: the phone asks again by itself. */
  readonly isStale: boolean;
  /** The user of its credentials, or whom it registers. Undefined where that could be a phone number. */
  readonly user: string | undefined;
  readonly contentType: string;
  /** The media lines of its body, `audio RTP/SAVP (PCMA, telephone-event; SDES)`; empty: none. */
  readonly offered: string;
}

/** What is looked at of one message; the rest cannot change the outcome of a call. */
const maxCharacters = 16_384;
const maxMediaLines = 8;
/** Static payload types (RFC 3551), for lines without rtpmap. */
const staticTypes: Readonly<Record<string, string>> = {
  0: 'PCMU',
  3: 'GSM',
  4: 'G723',
  8: 'PCMA',
  9: 'G722',
  15: 'G728',
  18: 'G729',
};
const compactNames: Readonly<Record<string, string>> = { i: 'call-id', c: 'content-type', t: 'to' };

const harmless = (text: string): string => text.replace(/[^A-Za-z0-9/+._-]/g, '').slice(0, 32);

/** Null when it is no SIP message, or lacks a Call-ID or a CSeq. */
export function readSipParts(text: string): SipParts | null {
  const [head = '', body = ''] = halves(text.slice(0, maxCharacters), '\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [name, value] = halves(line, ':');
    const lower = name.trim().toLowerCase();
    headers.set(compactNames[lower] ?? lower, value.trim());
  }
  const header = (name: string): string => headers.get(name) ?? '';
  const [callId, cseq] = [header('call-id'), header('cseq')];
  const status = first.startsWith('SIP/2.0 ') ? Number(first.slice(8, 11)) : undefined;
  if (callId === '' || cseq === '' || (status === undefined && !first.endsWith(' SIP/2.0'))) return null;
  const credentials = header('authorization') + header('proxy-authorization');
  const method = harmless(cseq.slice(cseq.lastIndexOf(' ') + 1));
  return {
    status,
    method,
    transaction: `${callId} ${cseq}`,
    callId,
    isInDialog: header('to').toLowerCase().includes(';tag='),
    hasCredentials: credentials !== '',
    isStale: (header('www-authenticate') + header('proxy-authenticate')).toLowerCase().includes('stale=true'),
    user: userOf(credentials, method === 'REGISTER' ? header('to') : ''),
    contentType: harmless(header('content-type')),
    offered: describeMedia(body),
  };
}

/** Splits at the first separator; without one, the second half is empty. */
function halves(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Names with more than five digits are left out: they may be phone numbers. */
function userOf(credentials: string, registered: string): string | undefined {
  const name = credentials.includes('username="')
    ? halves(halves(credentials, 'username="')[1], '"')[0]
    : halves(halves(registered, 'sip:')[1], '@')[0];
  const isPlain = name !== '' && name.length <= 32 && harmless(name) === name;
  return isPlain && name.replace(/\D/g, '').length < 6 ? name : undefined;
}

function describeMedia(body: string): string {
  const [, ...media] = body.split(/^m=/m).slice(0, maxMediaLines + 1);
  return media.map(describeLine).join(', ');
}

function describeLine(description: string): string {
  const [first = '', ...attributes] = description.split('\r\n');
  const [kind = '', , profile = '', ...types] = first.split(' ').slice(0, 20).map(harmless);
  const maps = new Map(
    attributes
      .filter((line) => line.startsWith('a=rtpmap:'))
      .map((line) => halves(line.slice('a=rtpmap:'.length), ' '))
      .map(([type, name]) => [type, harmless(halves(name, '/')[0])]),
  );
  const codecs = [...new Set(types.map((type) => maps.get(type) ?? staticTypes[type] ?? type))];
  const secured = [
    ...(attributes.some((line) => line.startsWith('a=crypto:')) ? ['SDES'] : []),
    ...(attributes.some((line) => line.startsWith('a=fingerprint:')) ? ['DTLS'] : []),
  ];
  return `${kind} ${profile} (${[codecs.join(' '), ...secured].join('; ')})`;
}
