/** The session description of one phone call with one codec (RFC 4566, RFC 3264). */

import { cryptoLine, masterKeyOf } from './srtp.ts';

/** RTP payload type of G.711 A-law (RFC 3551). */
export const pcma = 8;
/** RTP payload type of G.722, whose clock is 8000 although it has 16,000 samples a second (RFC 3551, 4.5.2). */
export const g722 = 9;

/** The payload type of a codec that a caller can have. Both send one byte for every step of the clock. */
export type Codec = typeof pcma | typeof g722;
const encodings: Readonly<Record<Codec, string>> = { [pcma]: 'PCMA', [g722]: 'G722' };
/** RTP payload type offered for keys (RFC 4733). It is dynamic, so the offer maps it. */
const telephoneEventType = 101;

/** Where the other side wants RTP, and the payload type it expects for keys. */
export interface RemoteMedia {
  readonly address: string;
  readonly port: number;
  /** Undefined if the other side does not support RFC 4733. */
  readonly telephoneEvent: number | undefined;
  /** The key of its SRTP; absent if it sends plain RTP. */
  readonly masterKey?: Buffer;
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
  /** Default: A-law, {@link audioOf}. */
  readonly media?: MediaLines | undefined;
}

/**
 * One codec and telephone events only: with A-law, the audio received is, byte for byte, the recording
 * being played.
 *
 * @param masterKey offers SRTP under this key, and no plain RTP
 */
export function audioOf(codec: Codec, masterKey?: Buffer): MediaLines {
  return (port) => [
    `m=audio ${port} ${masterKey ? 'RTP/SAVP' : 'RTP/AVP'} ${codec} ${telephoneEventType}`,
    ...(masterKey ? [cryptoLine(masterKey)] : []),
    `a=rtpmap:${codec} ${encodings[codec]}/8000`,
    `a=rtpmap:${telephoneEventType} telephone-event/8000`,
    `a=fmtp:${telephoneEventType} 0-15`,
    'a=ptime:20',
    'a=sendrecv',
  ];
}

/** Builds an offer or answer. */
export function offer(
  address: string,
  port: number,
  session: number,
  { version = 0, hold, media = audioOf(pcma) }: OfferOptions = {},
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
 * none, or it does not list the codec.
 */
export function parseAnswer(sdp: string, codec: Codec = pcma): RemoteMedia {
  const [session = '', ...streams] = sdp.split(/^(?=m=)/m);
  const audio = streams.find((stream) => /^m=audio [1-9]/.test(stream));
  if (audio === undefined) throw new Error('the PBX answered without an audio stream');
  const [, port, formats = ''] = /^m=audio (\d+) RTP\/S?AVP ([\d ]+)\r?$/m.exec(audio) ?? [];
  if (!formats.split(' ').includes(String(codec)))
    throw new Error(
      `the PBX does not accept ${codec === pcma ? 'A-law' : encodings[codec]}, the only codec of this caller`,
    );
  const address = (/^c=IN IP4 (\S+)/m.exec(audio) ?? /^c=IN IP4 (\S+)/m.exec(session))?.[1];
  if (address === undefined) throw new Error('the PBX answered without an RTP address');
  const masterKey = masterKeyOf(audio);
  const events = /^a=rtpmap:(\d+) telephone-event\/8000/im.exec(audio)?.[1];
  return {
    address,
    port: Number(port),
    telephoneEvent: events === undefined ? undefined : Number(events),
    ...(masterKey && { masterKey }),
  };
}
