/** The session description of one A-law phone call (RFC 4566, RFC 3264). */

/** RTP payload type of G.711 A-law (RFC 3551). */
export const pcma = 8;
/** RTP payload type offered for keys (RFC 4733). It is dynamic, so the offer maps it. */
const telephoneEventType = 101;

/** Where the other side wants RTP, and the payload type it expects for keys. */
export interface RemoteMedia {
  readonly address: string;
  readonly port: number;
  /** Undefined if the other side does not support RFC 4733. */
  readonly telephoneEvent: number | undefined;
}

/** Builds the media lines of an offer, from the `m=` line on, for an RTP port. */
export type MediaLines = (port: number) => readonly string[];

/** How a phone says that it takes no sound (RFC 3264, 8.4; `zero-address` is the older way of RFC 2543). */
export type Hold = 'inactive' | 'sendonly' | 'zero-address' | 'zero-port';

/** Which description of a call this is. */
export interface OfferOptions {
  /** Counts the descriptions of one call; each must be higher than the one before. Default 0. */
  readonly version?: number;
  /** Default: the phone sends and receives. */
  readonly hold?: Hold | undefined;
  /** Default: {@link plainAudio}. */
  readonly media?: MediaLines | undefined;
}

/**
 * A-law and telephone events only, so that the audio received is, byte for byte, the recording being
 * played.
 */
export const plainAudio: MediaLines = (port) => [
  `m=audio ${port} RTP/AVP ${pcma} ${telephoneEventType}`,
  `a=rtpmap:${pcma} PCMA/8000`,
  `a=rtpmap:${telephoneEventType} telephone-event/8000`,
  `a=fmtp:${telephoneEventType} 0-15`,
  'a=ptime:20',
  'a=sendrecv',
];

/** Builds an offer or answer. */
export function offer(
  address: string,
  port: number,
  session: number,
  { version = 0, hold, media = plainAudio }: OfferOptions = {},
): string {
  const direction = hold === 'inactive' || hold === 'sendonly' ? hold : 'sendrecv';
  return [
    'v=0',
    `o=caller ${session} ${session + version} IN IP4 ${address}`,
    's=call',
    `c=IN IP4 ${hold === 'zero-address' ? '0.0.0.0' : address}`,
    't=0 0',
    ...media(hold === 'zero-port' ? 0 : port).map((line) => line.replace('a=sendrecv', `a=${direction}`)),
    '',
  ].join('\r\n');
}

/**
 * Parses an answer (or an offer): its first audio stream that is not declined. Throws when there is
 * none, or it does not list A-law.
 */
export function parseAnswer(sdp: string): RemoteMedia {
  const [session = '', ...streams] = sdp.split(/^(?=m=)/m);
  const audio = streams.find((stream) => /^m=audio [1-9]/.test(stream));
  if (audio === undefined) throw new Error('the PBX answered without an audio stream');
  const [, port, formats = ''] = /^m=audio (\d+) RTP\/AVP ([\d ]+)\r?$/m.exec(audio) ?? [];
  if (!formats.split(' ').includes(String(pcma)))
    throw new Error('the PBX does not accept A-law, the only codec supported here');
  const address = (/^c=IN IP4 (\S+)/m.exec(audio) ?? /^c=IN IP4 (\S+)/m.exec(session))?.[1];
  if (address === undefined) throw new Error('the PBX answered without an RTP address');
  const events = /^a=rtpmap:(\d+) telephone-event\/8000/im.exec(audio)?.[1];
  return {
    address,
    port: Number(port),
    telephoneEvent: events === undefined ? undefined : Number(events),
  };
}
