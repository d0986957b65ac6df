/** SIP messages as text: parsed only as far as a caller needs, with headers kept in order (RFC 3261, 7). */

/** Headers in message order. Names are case-insensitive. */
export type SipHeaders = readonly (readonly [name: string, value: string])[];

/** A request, sent or received. */
export interface SipRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: SipHeaders;
  readonly body: string;
}

/** A response, sent or received. */
export interface SipResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: SipHeaders;
  readonly body: string;
}

/** Compact header names (RFC 3261, 7.3.3). */
const compactNames: Readonly<Record<string, string>> = {
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  f: 'from',
  t: 'to',
  v: 'via',
};

const expandName = (name: string): string => compactNames[name.toLowerCase()] ?? name.toLowerCase();

/** True for a response. */
export function isResponse(message: SipRequest | SipResponse): message is SipResponse {
  return 'status' in message;
}

/** Returns every value of a header, in order; empty if it is absent. */
export function headerValues(headers: SipHeaders, name: string): string[] {
  return headers.filter(([have]) => expandName(have) === expandName(name)).map(([, value]) => value);
}

/** Returns the first value of a header, or undefined. */
export function headerValue(headers: SipHeaders, name: string): string | undefined {
  return headerValues(headers, name)[0];
}

/** Returns the `tag` parameter of a From or To header, or undefined. */
export function tagOf(header: string): string | undefined {
  return /;\s*tag=([^;\s>]+)/i.exec(header.slice(header.lastIndexOf('>') + 1))?.[1];
}

/** Returns the URI of a Contact, From or To header, with or without angle brackets. */
export function uriOf(header: string): string {
  return /<([^<>]*)>/.exec(header)?.[1] ?? header.split(';', 1)[0]?.trim() ?? '';
}

/** Parses number and method of the CSeq header. Throws when it is missing or malformed. */
export function parseCSeq(headers: SipHeaders): { number: number; method: string } {
  const found = /^(\d+)\s+(\S+)/.exec(headerValue(headers, 'CSeq') ?? '');
  if (!found) throw new Error('the SIP message has no valid CSeq header');
  return { number: Number(found[1]), method: found[2] ?? '' };
}

/** Formats a message for a UDP packet. Content-Length is added here and nowhere else. */
export function formatSipMessage(message: SipRequest | SipResponse): string {
  const first = isResponse(message)
    ? `SIP/2.0 ${message.status} ${message.reason}`
    : `${message.method} ${message.uri} SIP/2.0`;
  const lines = message.headers.map(([name, value]) => `${name}: ${value}`);
  const length = Buffer.byteLength(message.body);
  return [first, ...lines, `Content-Length: ${length}`, '', message.body].join('\r\n');
}

function parseHeaders(lines: readonly string[]): SipHeaders {
  return lines.map((line) => {
    const colon = line.indexOf(':');
    if (colon < 1) throw new Error('a SIP header line has no name');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
}

/** Parses the text of one UDP packet. Throws when it is not a SIP message with a valid CSeq. */
export function parseSipMessage(text: string): SipRequest | SipResponse {
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end + 4);
  const [first = '', ...rest] = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n'); // unfold (RFC 3261, 7.3.1)
  const headers = parseHeaders(rest.filter((line) => line !== ''));
  parseCSeq(headers);
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first);
  if (response) return { status: Number(response[1]), reason: response[2] ?? '', headers, body };
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(first);
  if (!request) throw new Error('not a SIP message');
  return { method: request[1] ?? '', uri: request[2] ?? '', headers, body };
}
