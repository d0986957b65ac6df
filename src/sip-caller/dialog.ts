/** The state shared by all requests of one call: Call-ID, tags, CSeq, targets (RFC 3261, 12). */
import { randomBytes } from 'node:crypto';
import {
  headerValue,
  headerValues,
  tagOf,
  uriOf,
  type SipHeaders,
  type SipRequest,
  type SipResponse,
} from './sip-message.ts';
import type { Endpoint, SipTransport } from './sip-socket.ts';

/** Where a phone says that it can be reached: in Via, Contact and, by its host, in its SDP. */
export interface OwnAddress extends Endpoint {
  readonly transport: SipTransport;
}

const createToken = (): string => randomBytes(8).toString('hex');

/** Parts of a request that do not come from the dialog. */
export interface RequestExtras {
  readonly headers?: SipHeaders;
  /** A session description, or what Content-Type in the headers says; empty if there is none. */
  readonly body?: string;
}

/** The caller's side of a dialog. */
export class Dialog {
  readonly callId = createToken();
  readonly localTag = createToken();
  readonly #own: OwnAddress;
  readonly #requestUri: string;
  readonly #identity: SipHeaders;
  readonly #via: string;
  #to: string;
  #remoteTarget: string;
  #routes: readonly string[] = [];
  #cseq = 0;

  /**
   * @param identity returns the From header first, then the other headers that name the caller
   * @param via parameters to add to Via, such as `;maddr=192.0.2.1`
   */
  constructor(own: OwnAddress, requestUri: string, identity: (localTag: string) => SipHeaders, via = '') {
    this.#via = via;
    this.#own = own;
    this.#requestUri = requestUri;
    this.#remoteTarget = requestUri;
    this.#to = `<${requestUri}>`;
    this.#identity = identity(this.localTag);
  }

  /** The Contact header: where the other side can reach this caller. */
  get contact(): string {
    const { host, port, transport } = this.#own;
    return `<sip:caller@${host}:${port}${transport === 'udp' ? '' : `;transport=${transport}`}>`;
  }

  /** Creates an INVITE with the caller's identity. */
  invite(extras: RequestExtras): SipRequest {
    return this.#request('INVITE', ++this.#cseq, this.#requestUri, createToken(), this.#identity, extras);
  }

  /** Creates a request within the answered call, such as BYE. */
  next(method: string, extras: RequestExtras = {}): SipRequest {
    return this.#request(
      method,
      ++this.#cseq,
      this.#remoteTarget,
      createToken(),
      // As carriers do, who assert the caller again in each offer; else From alone.
      ['INVITE', 'UPDATE'].includes(method) ? this.#identity : this.#identity.slice(0, 1),
      extras,
    );
  }

  /**
   * Creates the ACK for a 2xx: a request of its own, sent to the remote target (13.2.2.4).
   *
   * @param body the answer, if the 2xx held an offer
   */
  ackSuccess(invite: SipRequest, body = ''): SipRequest {
    return this.#request(
      'ACK',
      this.#cseqOf(invite),
      this.#remoteTarget,
      createToken(),
      this.#identity.slice(0, 1),
      { body },
    );
  }

  /** Creates the ACK for an error: URI, Via and CSeq of the INVITE, To of the answer (17.1.1.3). */
  ackFailure(invite: SipRequest, response: SipResponse): SipRequest {
    return this.#deriveFrom('ACK', invite, headerValue(response.headers, 'To'));
  }

  /** Creates the CANCEL: the INVITE with another method (9.1). */
  cancel(invite: SipRequest): SipRequest {
    return this.#deriveFrom('CANCEL', invite);
  }

  /** Takes the other side's tag, Contact and Record-Route from a 2xx. */
  establish(response: SipResponse): void {
    this.#to = headerValue(response.headers, 'To') ?? this.#to;
    this.retarget(response.headers);
    this.#routes = headerValues(response.headers, 'Record-Route')
      .flatMap((value) => value.split(','))
      .reverse();
  }

  /** Takes a new Contact, which a re-INVITE or UPDATE may bring. */
  retarget(headers: SipHeaders): void {
    const contact = headerValue(headers, 'Contact');
    if (contact !== undefined) this.#remoteTarget = uriOf(contact);
  }

  /** Creates a response to a request from the other side. */
  respond(request: SipRequest, status: number, reason: string, body = ''): SipResponse {
    const to = headerValue(request.headers, 'To') ?? '';
    const copied = ['Via', 'Record-Route', 'From', 'Call-ID', 'CSeq'].flatMap((name) =>
      headerValues(request.headers, name).map((value) => [name, value] as const),
    );
    const headers: SipHeaders = [
      ...copied,
      ['To', tagOf(to) === undefined ? `${to};tag=${this.localTag}` : to],
      ['Contact', this.contact],
      ...(body === '' ? [] : [['Content-Type', 'application/sdp'] as const]),
    ];
    return { status, reason, headers, body };
  }

  #cseqOf(request: SipRequest): number {
    return Number.parseInt(headerValue(request.headers, 'CSeq') ?? '', 10);
  }

  #deriveFrom(method: string, invite: SipRequest, to?: string): SipRequest {
    const keep = new Set(['via', 'from', 'to', 'call-id', 'max-forwards', 'route']);
    const headers = invite.headers
      .filter(([name]) => keep.has(name.toLowerCase()))
      .map(([name, value]) => [name, name === 'To' ? (to ?? value) : value] as const);
    return {
      method,
      uri: invite.uri,
      headers: [...headers, ['CSeq', `${this.#cseqOf(invite)} ${method}`]],
      body: '',
    };
  }

  #request(
    method: string,
    cseq: number,
    uri: string,
    branch: string,
    identity: SipHeaders,
    extras: RequestExtras,
  ): SipRequest {
    const { body = '', headers: more = [] } = extras;
    const { host, port, transport } = this.#own;
    const headers: SipHeaders = [
      // z9hG4bK marks a branch made by RFC 3261; rport asks for the answer on this port (RFC 3581).
      ['Via', `SIP/2.0/${transport.toUpperCase()} ${host}:${port};rport;branch=z9hG4bK${branch}${this.#via}`],
      ['Max-Forwards', '70'],
      ...identity,
      ['To', this.#to],
      ['Call-ID', this.callId],
      ['CSeq', `${cseq} ${method}`],
      ['Contact', this.contact],
      ...this.#routes.map((route) => ['Route', route.trim()] as const),
      ['User-Agent', 'hotline-caller'],
      ...more,
      ...(body === '' || headerValue(more, 'Content-Type') !== undefined
        ? []
        : [['Content-Type', 'application/sdp'] as const]),
    ];
    return { method, uri, headers, body };
  }
}
