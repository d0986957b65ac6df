/** Ways to make a request wrong, each of one kind. */
import type { Dice } from '../../src/simulation/dice.ts';
import { dialled, type Message } from './message.ts';
import { junk, longJunk, oddNumber, spoil } from './text.ts';

/** What a header is repeated up to: about as much as fits into a packet. */
const longest = 60_000;

type Mutation = (message: Message, dice: Dice) => void;

const anyIndex = ({ headers }: Message, dice: Dice) => dice.number(0, headers.length - 1);

/** Replaces the value of the first header of this name, or adds one. */
function set(message: Message, name: string, value: string): void {
  const header = message.headers.find(([have]) => have.toLowerCase() === name.toLowerCase());
  if (header) header[1] = value;
  else message.headers.push([name, value]);
}

function changeUri(message: Message, uri: string): void {
  message.start = message.start.replace(/^(\S+) \S+/, (_, method: string) => `${method} ${uri}`);
}

const startLine: Record<string, Mutation> = {
  'start line: spoilt': (message, dice) => (message.start = spoil(message.start, dice)),
  'start line: method': (message, dice) => {
    const method = dice.oneOf(['invite', 'FOO', 'RESPONSE', 'SIP/2.0', junk(dice)]);
    message.start = message.start.replace(/^\S+/, () => method);
  },
  'start line: version': (message, dice) => {
    const version = dice.oneOf(['SIP/1.0', 'SIP/2.00', 'HTTP/1.1', '', junk(dice)]);
    message.start = message.start.replace(/\S+$/, () => version);
  },
  'start line: blanks': (message, dice) =>
    (message.start = message.start.replaceAll(' ', dice.oneOf(['  ', '\t', '\r\n ', '']))),
  'start line: address': (message, dice) =>
    changeUri(
      message,
      dice.oneOf([
        `tel:+84${dialled}`,
        `sips:${dialled}@127.0.0.1`,
        `sip:${dialled}`,
        `sip:${dialled}%00@127.0.0.1`,
        `sip:${dialled};x=${longJunk(dice).replaceAll(/\s/g, '')}@127.0.0.1`,
        `sip:${dialled}@127.0.0.1;maddr=127.0.0.9;transport=tls`,
        `sip:${dialled}@[::1]`,
        `sip:${'1'.repeat(dice.oneOf([80, 300, 5000]))}@127.0.0.1`,
        `sip:${dialled}@127.0.0.1:${oddNumber(dice)}`,
        'sip:',
        '*',
      ]),
    ),
  response: (message, dice) => (message.start = `SIP/2.0 ${oddNumber(dice)} OK`),
};

const anyHeader: Record<string, Mutation> = {
  'header: missing': (message, dice) => void message.headers.splice(anyIndex(message, dice), 1),
  'header: spoilt': (message, dice) => {
    const header = message.headers[anyIndex(message, dice)]!;
    header[1] = spoil(header[1], dice);
  },
  'header: long': (message, dice) => {
    const header = message.headers[anyIndex(message, dice)]!;
    header[1] += longJunk(dice);
  },
  'header: name': (message, dice) => {
    const header = message.headers[anyIndex(message, dice)]!;
    header[0] = spoil(header[0], dice);
  },
  'header: folded': (message, dice) => {
    const header = message.headers[anyIndex(message, dice)]!;
    header[1] = header[1].replace(/[ ;,]/g, (mark) => `${mark}\r\n${dice.oneOf([' ', '\t', '   '])}`);
  },
  'header: twice': (message, dice) => {
    const [name, value] = message.headers[anyIndex(message, dice)]!;
    message.headers.splice(anyIndex(message, dice), 0, [name, dice.happens(50) ? value : spoil(value, dice)]);
  },
  'header: list': (message, dice) => {
    const header = message.headers[anyIndex(message, dice)]!;
    const count = Math.min(dice.oneOf([2, 30, 300]), Math.ceil(longest / (header[1].length + 1)));
    header[1] = Array.from({ length: count }, () => header[1]).join(',');
  },
  'header: without colon': (message, dice) =>
    void message.headers.splice(anyIndex(message, dice), 0, [junk(dice), '']),
  'headers: order': (message, dice) => (message.headers = dice.shuffled(message.headers)),
  'headers: many': (message, dice) => {
    for (let count = dice.oneOf([50, 300, 1000]); count > 0; count--)
      message.headers.push([`X-${count}`, 'x']);
  },
  'headers: compact': (message) => {
    const compact: Record<string, string> = { Via: 'v', From: 'f', To: 't', 'Call-ID': 'i', Contact: 'm' };
    for (const header of message.headers) header[0] = compact[header[0]] ?? header[0];
  },
};

/** Headers with a grammar of their own, and values at its edges. */
const known: Record<string, (dice: Dice) => string> = {
  'Content-Length': (dice) => dice.oneOf([oddNumber(dice), '1', '100000', '10, 20', '']),
  'Max-Forwards': oddNumber,
  CSeq: (dice) => `${oddNumber(dice)} ${dice.oneOf(['INVITE', 'BYE', 'invite', '', 'FOO BAR'])}`,
  Via: (dice) =>
    dice.oneOf([
      'SIP/2.0/UDP 127.0.0.2;branch=',
      'SIP/2.0/UDP 127.0.0.2',
      `SIP/2.0/UDP 127.0.0.2:${oddNumber(dice)};rport;branch=z9hG4bKx`,
      'SIP/2.0/UDP 127.0.0.2;maddr=127.0.0.9;branch=z9hG4bKm;ttl=999',
      'SIP/2.0/UDP 127.0.0.2;received=127.0.0.9;rport=1;branch=z9hG4bKr',
      'SIP / 2.0 / UDP first.invalid: 4000;branch=z9hG4bKb',
      'SIP/2.0/SCTP [::1];branch=z9hG4bKs',
      'SIP/2.0/WSS x.invalid;branch=z9hG4bKw',
      `SIP/2.0/UDP ${'h'.repeat(2000)};branch=z9hG4bKh`,
    ]),
  Contact: (dice) =>
    dice.oneOf([
      '*',
      '<sip:@>',
      '<sip:127.0.0.9:1>',
      '<sip:x@nowhere.invalid;transport=tls>',
      '<sip:x@127.0.0.2:0>',
      '<tel:1>',
      `<sip:x@127.0.0.2:${oddNumber(dice)}>`,
      '"a" <sip:1@127.0.0.2>;expires=-1, <sip:2@127.0.0.2>',
      '<mailto:a@b>',
    ]),
  To: (dice) =>
    dice.oneOf([
      `<sip:${dialled}@127.0.0.1>;tag=there`,
      `<sip:${dialled}@127.0.0.1>;tag=;tag=2`,
      '<>',
      'sip',
    ]),
  'Call-ID': (dice) => dice.oneOf(['', '@', 'same', longJunk(dice)]),
  Require: (dice) => dice.oneOf(['100rel', 'timer', 'replaces', 'foo', '100rel,timer,foo', longJunk(dice)]),
  Supported: (dice) => dice.oneOf(['100rel, timer, replaces, norefersub', ',', junk(dice)]),
  'Session-Expires': (dice) => `${oddNumber(dice)};refresher=${dice.oneOf(['uac', 'uas', 'x', ''])}`,
  'Min-SE': oddNumber,
  Expires: oddNumber,
  Replaces: (dice) => dice.oneOf(['1@2;to-tag=a;from-tag=b', junk(dice)]),
  Route: (dice) =>
    dice.oneOf([
      '<sip:127.0.0.1;lr>',
      '<sip:127.0.0.9:9;lr>',
      '<sip:nowhere.invalid;lr>',
      '<sip:127.0.0.1>',
      junk(dice),
    ]),
  'Record-Route': (dice) => dice.oneOf(['<sip:127.0.0.9:9;lr>', '<sip:nowhere.invalid>', junk(dice)]),
  Authorization: (dice) =>
    `Digest username="6001", realm="asterisk", nonce="${junk(dice)}", uri="x", response="${junk(dice)}"`,
  'Content-Type': (dice) =>
    dice.oneOf(['application/sdp;a=b;c="', 'a/b/c', '/', 'multipart/mixed', junk(dice)]),
  'Content-Encoding': junk,
  'Content-Disposition': (dice) => dice.oneOf(['session;handling=required', 'early-session', junk(dice)]),
  Accept: junk,
  Allow: junk,
  Date: junk,
  Event: junk,
  'Alert-Info': (dice) => dice.oneOf(['<http://127.0.0.9/a.wav>', '<file:///etc/passwd>', junk(dice)]),
  'Call-Info': junk,
  Reason: (dice) => `Q.850;cause=${oddNumber(dice)};text="${junk(dice)}"`,
  'User-Agent': longJunk,
  Subject: junk,
  'Retry-After': oddNumber,
  Timestamp: oddNumber,
  'P-Charging-Vector': junk,
  'P-Access-Network-Info': junk,
  'Answer-Mode': junk,
  'Target-Dialog': junk,
  Join: junk,
  'In-Reply-To': junk,
};

const values = Object.fromEntries(
  Object.entries(known).map(([name, value]): [string, Mutation] => [
    `${name}: odd`,
    (message, dice) => set(message, name, value(dice)),
  ]),
);

const bodies: Record<string, Mutation> = {
  'body: cut': (message, dice) => {
    set(message, 'Content-Length', String(message.body.length));
    message.body = message.body.slice(0, dice.number(0, message.body.length));
  },
  'body: more than announced': (message, dice) => {
    set(message, 'Content-Length', String(message.body.length));
    message.body += junk(dice);
  },
  'body: spoilt': (message, dice) => (message.body = spoil(message.body, dice)),
};

const mutations: Record<string, Mutation> = { ...startLine, ...anyHeader, ...values, ...bodies };

/** What a request may suffer. */
export const mutationNames = Object.keys(mutations);

/** Makes a request wrong in one to four ways. Returns their names. */
export function mutate(message: Message, dice: Dice): string[] {
  const tried = Array.from({ length: dice.oneOf([1, 1, 1, 2, 2, 3, 4]) }, () => dice.oneOf(mutationNames));
  for (const name of tried) if (message.headers.length > 0) mutations[name]!(message, dice);
  return tried;
}
