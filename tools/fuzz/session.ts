/** Session descriptions (RFC 4566), from those of real phones to nonsense, and other bodies. */
import type { Dice } from '../../src/simulation/dice.ts';
import type { Own } from './message.ts';
import { bytes, junk, longJunk, oddNumber, spoil } from './text.ts';

/** A body, and the headers that describe it. */
export interface Body {
  readonly headers: [string, string][];
  readonly body: string;
}

const events = ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15'];

/** What a phone offers that can be talked to. */
export function plainLines({ host, rtpPort }: Own): string[] {
  return [
    'v=0',
    `o=fuzz 1 1 IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${rtpPort} RTP/AVP 8 101`,
    'a=rtpmap:8 PCMA/8000',
    ...events,
    'a=sendrecv',
  ];
}

const sdp = (lines: readonly string[], end = '\r\n'): string => lines.map((line) => line + end).join('');
const typed = (body: string, type = 'application/sdp'): Body => ({ headers: [['Content-Type', type]], body });

export const plainBody = (own: Own): Body => typed(sdp(plainLines(own)));

/** Ways to change a description. Those at the beginning leave a call that may be answered. */
const changes: Record<string, (lines: string[], dice: Dice) => string[]> = {
  hold: (lines, dice) => [
    ...lines.slice(0, -1),
    dice.oneOf(['a=inactive', 'a=sendonly', 'a=recvonly', 'a=sendrecv\r\na=inactive']),
  ],
  address: (lines, dice) =>
    lines.map((line) =>
      line.startsWith('c=')
        ? dice.oneOf([
            'c=IN IP4 0.0.0.0',
            'c=IN IP4 255.255.255.255',
            'c=IN IP4 224.0.0.1/127',
            'c=IN IP4 127.0.0.9',
            'c=IN IP6 ::1',
            'c=IN IP6 ::',
            'c=IN IP4 nowhere.invalid',
            'c=IN IP4',
            'c=',
            'c=IN IP4 1.2.3.4.5',
          ])
        : line,
    ),
  port: (lines, dice) =>
    lines.map((line) => line.replace(/^m=audio \d+/, () => `m=audio ${oddNumber(dice)}`)),
  codecs: (lines, dice) =>
    lines.map((line) =>
      line.startsWith('m=')
        ? `${line} ${Array.from({ length: dice.oneOf([1, 40, 200, 2000]) }, () => dice.number(0, 140)).join(' ')}`
        : line,
    ),
  media: (lines, dice) => [
    ...lines,
    ...Array.from({ length: dice.oneOf([1, 2, 20, 200]) }, () =>
      dice.oneOf([
        'm=image 40000 udptl t38',
        'm=video 40002 RTP/AVP 96',
        'm=audio 0 RTP/AVP 8',
        'm=audio 40004 RTP/SAVP 8',
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
        'm=audio 40006/5 RTP/AVP 8',
        'm=audio 40006 TCP/RTP/AVP 8',
        'm=audio 40006 FOO/BAR 8',
        'm=audio',
        'm=',
      ]),
    ),
  ],
  attributes: (lines, dice) => [
    ...lines,
    ...Array.from({ length: dice.oneOf([1, 5, 300]) }, () =>
      dice.oneOf([
        `a=ptime:${oddNumber(dice)}`,
        `a=maxptime:${oddNumber(dice)}`,
        `a=rtpmap:${oddNumber(dice)} PCMA/8000`,
        `a=rtpmap:101 telephone-event/${oddNumber(dice)}`,
        `a=rtpmap:8 ${junk(dice)}`,
        `a=fmtp:101 ${junk(dice)}`,
        `a=fmtp:${junk(dice)}`,
        `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${junk(dice)}`,
        `a=fingerprint:${junk(dice)}`,
        'a=setup:actpass',
        `a=candidate:${junk(dice)}`,
        `a=rtcp:${oddNumber(dice)}`,
        'a=rtcp-mux',
        'a=group:BUNDLE 0 1 2',
        `a=mid:${junk(dice)}`,
        `a=ssrc:${junk(dice)}`,
        `a=label:${longJunk(dice)}`,
        'a',
        '=',
        junk(dice),
      ]),
    ),
  ],
  order: (lines, dice) => dice.shuffled(lines),
  missing: (lines, dice) =>
    lines.filter((line) => !line.startsWith(dice.oneOf(['v', 'o', 's', 'c', 't', 'm']))),
  twice: (lines, dice) => [...lines, ...lines.slice(dice.number(0, lines.length - 1))],
  spoilt: (lines, dice) => {
    const at = dice.number(0, lines.length - 1);
    return lines.map((line, index) => (index === at ? spoil(line, dice) : line));
  },
};

/** The names of {@link changes}, for the list of what a run has tried. */
export const sessionChanges = Object.keys(changes);

const bodies: ((own: Own, dice: Dice) => Body)[] = [
  () => ({ headers: [], body: '' }),
  (_, dice) => typed(junk(dice)),
  (_, dice) => typed(bytes(dice, dice.number(1, 400)), 'application/octet-stream'),
  (own, dice) =>
    typed(sdp(plainLines(own)), dice.oneOf(['', 'text/plain', 'application/isup', '*/*', junk(dice)])),
  (own) => ({ headers: [], body: sdp(plainLines(own)) }),
  (own, dice) => typed(sdp(plainLines(own), dice.oneOf(['\n', '\r', '\0', '\r\n\r\n', '']))),
  (own) => ({
    headers: [
      ['Content-Type', 'application/sdp'],
      ['Content-Encoding', 'gzip'],
    ],
    body: sdp(plainLines(own)),
  }),
  multipart,
  multipart,
];

function multipart(own: Own, dice: Dice): Body {
  const boundary = dice.oneOf(['b', 'b b', '', 'x'.repeat(80), '"', '--']);
  const said = dice.happens(80) ? `;boundary=${boundary}` : '';
  const part = (type: string, text: string) => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
  const parts = Array.from({ length: dice.oneOf([0, 1, 2, 3, 100]) }, () =>
    dice.oneOf([
      part('application/sdp', sdp(plainLines(own))),
      part('application/pidf+xml', `<presence>${junk(dice)}`),
      part('application/isup;version=itu-t92+', bytes(dice, 30)),
      part(`multipart/mixed;boundary=${boundary}`, part('application/sdp', sdp(plainLines(own)))),
      `--${boundary}\r\n\r\n`,
      junk(dice),
    ]),
  );
  const end = dice.happens(70) ? `--${boundary}--\r\n` : '';
  return typed(parts.join('') + end, `multipart/${dice.oneOf(['mixed', 'alternative', junk(dice)])}${said}`);
}

/** A description that is right half of the time, and otherwise changed once or several times. */
export function hostileBody(own: Own, dice: Dice): { body: Body; tried: string[] } {
  if (dice.happens(45)) return { body: plainBody(own), tried: [] };
  if (dice.happens(25)) return { body: dice.oneOf(bodies)(own, dice), tried: ['other body'] };
  const tried = Array.from({ length: dice.number(1, 3) }, () => dice.oneOf(sessionChanges));
  const lines = tried.reduce((text, name) => changes[name]!(text, dice), plainLines(own));
  return { body: typed(sdp(lines)), tried };
}
