/** Draws one attack from its number: the same seed and number give the same bytes, but for ports and tags. */
import { Dice } from '../../src/simulation/dice.ts';
import { hostileIdentity, type Names } from './identity.ts';
import { hostileRtcp, hostileRtp } from './media.ts';
import { contactOf, dialled, encode, token, viaOf, type Message, type Own } from './message.ts';
import { mutate } from './mutations.ts';
import { hostileBody } from './session.ts';

/** What is known of a call once it is answered. Header values as the PBX wrote them. */
export interface Answered {
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  /** Where it wants requests of this call. */
  readonly target: string;
}

/** What an attacker does in an answered call. */
export type Step =
  | { readonly kind: 'keys'; readonly keys: string }
  | { readonly kind: 'rtp' | 'rtcp'; readonly packets: readonly Buffer[] }
  | { readonly kind: 'request'; readonly build: (call: Answered) => Buffer }
  | { readonly kind: 'pause'; readonly ms: number };

export interface Attack {
  readonly invite: Buffer;
  /** Sent right behind it, before any answer. */
  readonly early: readonly Buffer[];
  /** How the answer is acknowledged; null: not at all. */
  readonly acknowledge: ((call: Answered, cseq: number) => Buffer) | null;
  readonly steps: readonly Step[];
  /** Whether requests of the PBX, such as its BYE, get an answer. */
  readonly answersRequests: boolean;
  /** How the INVITE differs from a right one. */
  readonly tried: readonly string[];
}

/** Where a message comes from: mostly from the trunk, which is believed; phones and strangers must log in. */
export function originOf(dice: Dice): Pick<Own, 'transport' | 'host'> {
  const host = dice.oneOf(['127.0.0.2', '127.0.0.2', '127.0.0.2', '127.0.0.2', '127.0.0.1', '127.0.0.9']);
  return { transport: dice.happens(70) ? 'udp' : 'tcp', host };
}

/** The key of a citizen that attackers know, and whom they pretend to be. */
export interface Target extends Names {
  readonly code: string;
}

export function drawAttack(dice: Dice, own: Own, target: Target): Attack {
  const identity = hostileIdentity(target, dice);
  const { body, tried } = hostileBody(own, dice);
  const message: Message = {
    start: `INVITE sip:${dialled}@127.0.0.1 SIP/2.0`,
    headers: [
      viaOf(own, dice),
      ['Max-Forwards', '70'],
      ['From', `${identity.from};tag=${token(dice)}`],
      ['To', `<sip:${dialled}@127.0.0.1>`],
      ['Call-ID', `fuzz-${token(dice)}`],
      ['CSeq', '1 INVITE'],
      contactOf(own),
      ...identity.headers,
      ...body.headers,
    ],
    body: body.body,
  };
  const early = dice.happens(20) ? earlyRequests(message, own, dice) : [];
  const wrong = dice.happens(70) ? mutate(message, dice) : [];
  return {
    invite: encode(message),
    early,
    acknowledge: dice.happens(85) ? ackOf(own, dice) : null,
    steps: drawSteps(own, target, dice),
    answersRequests: dice.happens(75),
    tried: [...tried, ...wrong],
  };
}

/** Requests of a call that is not answered yet, or the INVITE once more. */
function earlyRequests(invite: Message, own: Own, dice: Dice): Buffer[] {
  const others = ['CANCEL', 'CANCEL', 'PRACK', 'UPDATE', 'ACK', 'BYE', 'INFO', 'INVITE', 'OPTIONS'];
  return Array.from({ length: dice.number(1, 3) }, () => {
    const method = dice.oneOf(others);
    const message: Message = {
      start: invite.start.replace('INVITE', method),
      headers: invite.headers.map(([name, value]) => [
        name,
        name === 'CSeq'
          ? `${dice.oneOf([0, 1, 1, 2])} ${method}`
          : name === 'Via' && dice.happens(30)
            ? viaOf(own, dice)[1]
            : value,
      ]),
      body: dice.happens(30) ? invite.body : '',
    };
    if (method === 'PRACK') message.headers.push(['RAck', `${dice.number(0, 3)} 1 INVITE`]);
    if (dice.happens(40)) mutate(message, dice);
    return encode(message);
  });
}

function inCall(method: string, cseq: number, call: Answered, own: Own, dice: Dice): Message {
  return {
    start: `${method} ${call.target} SIP/2.0`,
    headers: [
      viaOf(own, dice),
      ['Max-Forwards', '70'],
      ['From', call.from],
      ['To', call.to],
      ['Call-ID', call.callId],
      ['CSeq', `${cseq} ${method}`],
      contactOf(own),
    ],
    body: '',
  };
}

function ackOf(own: Own, dice: Dice): (call: Answered, cseq: number) => Buffer {
  const [isWrong, seed] = [dice.happens(10), token(dice)];
  return (call, cseq) => {
    const mine = new Dice(seed);
    const message = inCall('ACK', cseq, call, own, mine);
    if (isWrong) mutate(message, mine);
    return encode(message);
  };
}

/** Above those of all requests before, or the BYE would be refused as late (RFC 3261, 12.2.2). */
const lastCSeq = 2 ** 31 - 10;

/** The BYE with which every call ends. */
export function byeOf(call: Answered, own: Own): Buffer {
  return encode(inCall('BYE', lastCSeq, call, own, new Dice(call.callId)));
}

const methods = [
  'INVITE',
  'INVITE',
  'INVITE',
  'UPDATE',
  'UPDATE',
  'INFO',
  'INFO',
  'PRACK',
  'CANCEL',
  'OPTIONS',
  'REFER',
  'SUBSCRIBE',
  'NOTIFY',
  'MESSAGE',
  'PUBLISH',
  'REGISTER',
  'ACK',
  'FOO',
];

const infos: readonly [type: string, body: string][] = [
  ['application/dtmf-relay', 'Signal=8\r\nDuration=160\r\n'],
  ['application/dtmf-relay', 'Signal=!\r\nDuration=-1'],
  ['application/dtmf', '8'],
  ['application/media_control+xml', '<media_control><vc_primitive><to_encoder><picture_fast_update/>'],
  ['application/hook-flash', ''],
];

function request(own: Own, target: Target, dice: Dice, cseq: number): Step {
  const seed = token(dice);
  return {
    kind: 'request',
    build: (call) => {
      const mine = new Dice(seed);
      const method = mine.oneOf(methods);
      const message = inCall(method, mine.happens(90) ? cseq : mine.number(0, 5), call, own, mine);
      if (method === 'INVITE' || method === 'UPDATE') {
        const { body } = hostileBody(own, mine);
        message.headers.push(...body.headers, ...hostileIdentity(target, mine).headers);
        message.body = body.body;
      } else if (method === 'INFO') {
        const [type, body] = mine.oneOf(infos);
        message.headers.push(['Content-Type', type]);
        message.body = body;
      } else if (method === 'REFER') message.headers.push(['Refer-To', `<sip:${target.victim}@127.0.0.9>`]);
      else if (method === 'PRACK') message.headers.push(['RAck', '1 1 INVITE']);
      if (mine.happens(45)) mutate(message, mine);
      return encode(message);
    },
  };
}

/** One call in five goes on into branch 8; most of the others are hung up at once. */
function drawSteps(own: Own, target: Target, dice: Dice): Step[] {
  if (dice.happens(40)) return [];
  const isDeep = dice.happens(35);
  const steps: Step[] = isDeep
    ? [{ kind: 'keys', keys: dice.oneOf(['8', `8${target.code}`, `8${target.code}`, '88*#0123456789']) }]
    : [];
  for (let index = dice.number(1, isDeep ? 6 : 3); index > 0; index--) {
    const drawn = dice.number(1, 10);
    if (drawn <= 5) steps.push(request(own, target, dice, 2 + steps.length));
    else if (drawn <= 8) steps.push({ kind: 'rtp', packets: hostileRtp(dice) });
    else if (drawn === 9) steps.push({ kind: 'rtcp', packets: hostileRtcp(dice) });
    else steps.push({ kind: 'pause', ms: dice.number(20, isDeep ? 1500 : 200) });
  }
  return steps;
}
