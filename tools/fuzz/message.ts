/**
 * A SIP message as an attacker writes it: text of which each character is one byte, so that it can hold
 * anything. src/sip-caller builds only messages that are right.
 */
import type { Dice } from '../../src/simulation/dice.ts';

/** To be made wrong, part by part. */
export interface Message {
  start: string;
  headers: [name: string, value: string][];
  body: string;
}

/** Where the attacker sends from. */
export interface Own {
  readonly transport: 'udp' | 'tcp';
  readonly host: string;
  readonly sipPort: number;
  readonly rtpPort: number;
}

/** The bytes on the wire. A Content-Length is added only if the message has none of its own. */
export function encode({ start, headers, body }: Message): Buffer {
  const hasLength = headers.some(([name]) => /^(content-length|l)$/i.test(name));
  const length: Message['headers'] = hasLength ? [] : [['Content-Length', String(body.length)]];
  const lines = [...headers, ...length].map(([name, value]) => (value === '' ? name : `${name}: ${value}`));
  return Buffer.from([start, ...lines, '', body].join('\r\n'), 'latin1');
}

/** Via and the parts of every request that nobody has made wrong yet. */
export function viaOf({ transport, host, sipPort }: Own, dice: Dice): [string, string] {
  const branch = `z9hG4bK${token(dice)}`;
  return ['Via', `SIP/2.0/${transport.toUpperCase()} ${host}:${sipPort};rport;branch=${branch}`];
}

export function contactOf({ transport, host, sipPort }: Own): [string, string] {
  return ['Contact', `<sip:fuzz@${host}:${sipPort}${transport === 'tcp' ? ';transport=tcp' : ''}>`];
}

export const token = (dice: Dice) => dice.number(1, 2 ** 31).toString(16);

/** The number that the hotline has. */
export const dialled = '19009068';
