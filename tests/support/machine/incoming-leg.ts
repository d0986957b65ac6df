/** The signalling of one incoming call: ringing, answer or refusal, and the end (RFC 3261). */
import { randomBytes } from 'node:crypto';
import pTimeout from 'p-timeout';
import {
  audioOf,
  offer,
  parseAnswer,
  pcma,
  type Hold,
  type MediaLines,
  type RemoteMedia,
} from '../../../src/sip-caller/sdp.ts';
import {
  headerValue,
  headerValues,
  parseCSeq,
  uriOf,
  type SipHeaders,
  type SipRequest,
  type SipResponse,
} from '../../../src/sip-caller/sip-message.ts';
import type { EndedBy, OfferedIn } from '../../../src/sip-caller/sip-leg.ts';
import type { Endpoint, SipTransport } from '../../../src/sip-caller/sip-socket.ts';

/** What an incoming leg needs from its phone. */
export interface IncomingLegOptions {
  readonly local: Endpoint;
  readonly transport: SipTransport;
  readonly send: (message: SipRequest | SipResponse) => void;
}

/** How long the other side may take to answer a BYE. */
const byeMs = 2000;

/** The SIP side of one incoming call. */
export class IncomingLeg {
  readonly #options: IncomingLegOptions;
  #invite: SipRequest;
  readonly #tag = randomBytes(8).toString('hex');
  readonly #end: PromiseWithResolvers<EndedBy> = Promise.withResolvers();
  readonly #byeAnswered: PromiseWithResolvers<void> = Promise.withResolvers();
  #loggedIn: PromiseWithResolvers<SipRequest> | undefined;
  /** The last response to the INVITE, repeated when the INVITE is repeated. */
  #last: SipResponse;
  #sdp = '';
  #rtpPort = 0;
  #media: MediaLines = audioOf(pcma);
  readonly #session = randomBytes(3).readUIntBE(0, 3);
  #version = 0;
  #cseq = 0;
  /** Re-INVITEs and UPDATEs that are not answered yet, and what their ACK carries, by CSeq. */
  readonly #offers = new Map<number, { status: PromiseWithResolvers<number>; ackBody: string }>();

  constructor(invite: SipRequest, options: IncomingLegOptions) {
    this.#invite = invite;
    this.#options = options;
    this.#last = this.#respond(invite, 180, 'Ringing');
    options.send(this.#last);
  }

  /** The called number, as written in the request. */
  get number(): string {
    return /^sips?:([^@;]+)@/.exec(this.#invite.uri)?.[1] ?? '';
  }

  /** The URI in From, which the phone displays. */
  get from(): string {
    return uriOf(headerValue(this.#invite.headers, 'From') ?? '');
  }

  /** The headers of the request, one a line. */
  get headers(): string {
    return this.#invite.headers.map(([name, value]) => `${name}: ${value}`).join('\n');
  }

  /** A header of the request. */
  header(name: string): string | undefined {
    return headerValue(this.#invite.headers, name);
  }

  /** Resolves, never rejects, when the call is over, whether it was answered or not. */
  get ended(): Promise<EndedBy> {
    return this.#end.promise;
  }

  /**
   * Answers the call. Throws when the caller does not offer A-law.
   *
   * @param media instead of A-law with telephone events over plain RTP
   */
  answer(rtpPort: number, media: MediaLines = audioOf(pcma)): RemoteMedia {
    this.#media = media;
    const remote = parseAnswer(this.#invite.body);
    this.#rtpPort = rtpPort;
    this.#sdp = this.#describe();
    this.#final(200, 'OK', this.#sdp);
    return remote;
  }

  /** Refuses the call: 486 busy, 480 no answer, 603 declined. */
  refuse(status: number, headers: SipHeaders = []): void {
    this.#final(status, 'Refused', '', headers);
    this.#end.resolve('caller');
  }

  /** Puts the call on hold, or takes it back; see `SipLeg.offerMedia`. */
  async offerMedia(hold: Hold | undefined, offeredIn: OfferedIn): Promise<number> {
    const sdp = (this.#sdp = this.#describe(hold));
    const cseq = ++this.#cseq;
    const status = Promise.withResolvers<number>();
    const isDelayed = offeredIn === 'ACK';
    this.#offers.set(cseq, { status, ackBody: isDelayed ? sdp : '' });
    this.#options.send(this.#request(isDelayed ? 'INVITE' : offeredIn, cseq, isDelayed ? '' : sdp));
    return status.promise;
  }

  /**
   * Asks for credentials, as a carrier does. Resolves with the INVITE that brings them; the phone then
   * rings for that one.
   */
  async challenge(status: 401 | 407): Promise<SipRequest> {
    this.#loggedIn = Promise.withResolvers();
    const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    this.#final(status, 'Authentication Required', '', [
      [name, 'Digest realm="carrier", nonce="of-a-test", algorithm=MD5, qop="auth"'],
    ]);
    return this.#loggedIn.promise;
  }

  /** Sends BYE and waits for the answer. Never rejects. */
  async hangUp(): Promise<void> {
    this.#options.send(this.#request('BYE', ++this.#cseq));
    await pTimeout(this.#byeAnswered.promise, { milliseconds: byeMs, message: false });
    this.#end.resolve('caller');
  }

  /** The phone is switched off: the call is over for it, without a BYE. */
  switchOff(): void {
    this.#end.resolve('caller');
  }

  /** Takes another message of this call. */
  receive(message: SipRequest | SipResponse): void {
    if ('status' in message) {
      this.#receiveResponse(message);
      return;
    }
    if (message.method === 'ACK') return;
    if (message.method === 'INVITE') {
      const isRepeated = parseCSeq(message.headers).number === parseCSeq(this.#invite.headers).number;
      if (!isRepeated && this.#loggedIn) return this.#ringAgain(message);
      this.#options.send(isRepeated ? this.#last : this.#respond(message, 200, 'OK', this.#sdp));
      return;
    }
    this.#options.send(this.#respond(message, 200, 'OK'));
    if (message.method === 'CANCEL') this.#final(487, 'Request Terminated');
    if (message.method === 'CANCEL' || message.method === 'BYE') this.#end.resolve('pbx');
  }

  #receiveResponse({ status, headers }: SipResponse): void {
    const { number, method } = parseCSeq(headers);
    if (method === 'BYE') this.#byeAnswered.resolve();
    const offered = this.#offers.get(number);
    if (offered === undefined || status < 200) return;
    if (method === 'INVITE') this.#options.send(this.#request('ACK', number, offered.ackBody));
    offered.status.resolve(status);
  }

  get #contact(): string {
    const { local, transport } = this.#options;
    return `<sip:phone@${local.host}:${local.port};transport=${transport}>`;
  }

  #describe(hold?: Hold): string {
    const media = this.#media;
    return offer(this.#options.local.host, this.#rtpPort, this.#session, {
      version: this.#version++,
      hold,
      media,
    });
  }

  #request(method: string, cseq: number, body = ''): SipRequest {
    const { headers } = this.#invite;
    const { local, transport } = this.#options;
    const value = (name: string): string => headerValue(headers, name) ?? '';
    return {
      method,
      uri: uriOf(value('Contact')),
      headers: [
        [
          'Via',
          `SIP/2.0/${transport.toUpperCase()} ${local.host}:${local.port};rport;branch=z9hG4bK${randomBytes(8).toString('hex')}`,
        ],
        ['Max-Forwards', '70'],
        ['From', `${value('To')};tag=${this.#tag}`],
        ['To', value('From')],
        ['Call-ID', value('Call-ID')],
        ['CSeq', `${cseq} ${method}`],
        ['Contact', this.#contact],
        ...(body === '' ? [] : [['Content-Type', 'application/sdp'] as const]),
      ],
      body,
    };
  }

  #ringAgain(invite: SipRequest): void {
    this.#invite = invite;
    this.#final(180, 'Ringing');
    this.#loggedIn?.resolve(invite);
    this.#loggedIn = undefined;
  }

  #final(status: number, reason: string, body = '', extra: SipHeaders = []): void {
    const response = this.#respond(this.#invite, status, reason, body);
    this.#last = { ...response, headers: [...response.headers, ...extra] };
    this.#options.send(this.#last);
  }

  #respond(request: SipRequest, status: number, reason: string, body = ''): SipResponse {
    const copied = ['Via', 'Record-Route', 'From', 'Call-ID', 'CSeq'].flatMap((name) =>
      headerValues(request.headers, name).map((value) => [name, value] as const),
    );
    const to = headerValue(request.headers, 'To') ?? '';
    const headers: SipHeaders = [
      ...copied,
      ['To', /;\s*tag=/i.test(to) ? to : `${to};tag=${this.#tag}`],
      ['Contact', this.#contact],
      ...(body === '' ? [] : [['Content-Type', 'application/sdp'] as const]),
    ];
    return { status, reason, headers, body };
  }
}
