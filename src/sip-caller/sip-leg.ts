/** The signalling of one outgoing call over UDP, TCP or TLS: INVITE, answer, and the end by either side (RFC 3261). */
import { randomBytes } from 'node:crypto';
import { CallCancelled, CallRefused, TargetUnavailable } from './call-errors.ts';
import { ClientTransactions, awaitFinal, type ClientTransaction } from './client-transaction.ts';
import { Dialog, type RequestExtras } from './dialog.ts';
import { authorizationFor } from './digest.ts';
import { buildIdentityHeaders } from './identity.ts';
import { audioOf, offer, parseAnswer, pcma, type Hold, type RemoteMedia } from './sdp.ts';
import { isResponse, parseCSeq, type SipHeaders, type SipRequest, type SipResponse } from './sip-message.ts';
import { openSipSocket } from './open-sip-socket.ts';
import { register } from './register.ts';
import type { SipLegOptions } from './sip-leg-options.ts';
import type { SipSocket } from './sip-socket.ts';

/** Where a phone sends that was told no address: the discard port. */
const nowhere: RemoteMedia = { address: '127.0.0.1', port: 9, telephoneEvent: undefined };

/**
 * How new media are offered during a call: in a re-INVITE, in an UPDATE (RFC 3311), or in the ACK of a
 * re-INVITE without a body (delayed offer).
 */
export type OfferedIn = 'INVITE' | 'UPDATE' | 'ACK';

/** Who ended an answered call. `lost`: the PBX stopped answering. */
export type EndedBy = 'caller' | 'pbx' | 'lost';

/** The SIP side of one call. */
export class SipLeg {
  readonly #options: SipLegOptions;
  readonly #socket: SipSocket;
  readonly #dialog: Dialog;
  readonly #registration: Dialog;
  readonly #transactions: ClientTransactions;
  /** ACKs by the CSeq of their INVITE, to acknowledge a repeated answer again. */
  readonly #acks = new Map<number, SipRequest>();
  /** The last description of this phone's media. */
  #sdp: string;
  /** The answer that the ACK of a delayed offer carries, by the CSeq of its INVITE. */
  readonly #delayed = new Map<number, string>();
  readonly #session = randomBytes(3).readUIntBE(0, 3);
  #version = 0;
  readonly #end: PromiseWithResolvers<EndedBy> = Promise.withResolvers();
  #hangingUp: Promise<void> | undefined;
  #over = false;

  private constructor(options: SipLegOptions, socket: SipSocket) {
    this.#options = options;
    this.#socket = socket;
    this.#dialog = this.#openDialog(options.dial);
    this.#registration = this.#openDialog(options.identity.from);
    this.#transactions = new ClientTransactions(socket);
    this.#sdp = this.#describe(options.hold);
    socket.listen(
      (message) => {
        if (isResponse(message)) this.#receiveResponse(message);
        else this.#receiveRequest(message);
      },
      (error) => this.#transactions.failAll(error),
    );
  }

  /** Opens the socket without sending anything. Rejects when this machine does not have `localAddress`. */
  static async open(options: SipLegOptions): Promise<SipLeg> {
    const { transport = 'udp', localAddress, target, authority } = options;
    const socket = await openSipSocket(transport, localAddress, target, authority).catch((error: unknown) => {
      if (transport === 'udp') throw error;
      throw new TargetUnavailable(`${target.host}:${target.port} over ${transport.toUpperCase()}`, error);
    });
    return new SipLeg(options, socket);
  }

  /** Resolves, never rejects, when an answered call is over. */
  get ended(): Promise<EndedBy> {
    return this.#end.promise;
  }

  /**
   * Calls and waits for the answer. The socket is closed when this fails.
   *
   * @param signal cancels the call (CANCEL)
   * @throws {TargetUnavailable} {@link CallRefused} {@link CallCancelled}
   */
  async invite(signal?: AbortSignal): Promise<RemoteMedia> {
    try {
      return await this.#invite(signal);
    } catch (error) {
      this.#transactions.failAll(new Error('the call is over')); // a CANCEL may still be pending
      this.#socket.close();
      throw error;
    }
  }

  /**
   * Changes the caller's identity within the answered call: sends a re-INVITE, or an UPDATE
   * (RFC 3311), with these headers. Rejects when there is no answer.
   *
   * @returns the status of the answer
   */
  async changeIdentity(method: 'INVITE' | 'UPDATE', headers: SipHeaders): Promise<number> {
    const body = method === 'INVITE' ? this.#sdp : '';
    const { status } = await this.#transactions.start(this.#dialog.next(method, { headers, body })).response;
    return status;
  }

  /**
   * Registers the softphone, or renews its registration, on the connection of the call. Rejects when
   * there is no answer.
   *
   * @returns the status of the answer
   */
  async register(): Promise<number> {
    const { target, credentials } = this.#options;
    return register(this.#registration, this.#transactions, target, credentials);
  }

  /**
   * Sends any other request: within the call, or before it is placed, on its own. Rejects when there is no
   * answer.
   *
   * @returns the status of the answer
   */
  async request(method: string, extras: RequestExtras = {}): Promise<number> {
    return (await this.#transactions.start(this.#dialog.next(method, extras)).response).status;
  }

  /**
   * Puts the call on hold, or takes it back. Rejects when there is no answer.
   *
   * @returns the status of the answer
   */
  async offerMedia(hold: Hold | undefined, offeredIn: OfferedIn): Promise<number> {
    const sdp = this.#describe(hold);
    const isDelayed = offeredIn === 'ACK';
    const request = this.#dialog.next(isDelayed ? 'INVITE' : offeredIn, { body: isDelayed ? '' : sdp });
    if (isDelayed) this.#delayed.set(parseCSeq(request.headers).number, sdp);
    const { status } = await this.#transactions.start(request).response;
    if (status < 300) this.#sdp = sdp;
    return status;
  }

  /** Sends BYE and waits for the answer. Does nothing if the call is over. Never rejects. */
  async hangUp(): Promise<void> {
    this.#hangingUp ??= this.#bye();
    await this.#hangingUp;
  }

  /** @param user or a whole URI */
  #openDialog(user: string): Dialog {
    const { target, localAddress, identity, ownHost = localAddress, via } = this.#options;
    const { local, transport } = this.#socket;
    return new Dialog(
      { host: ownHost, port: local.port, transport },
      user.includes(':') ? user : `sip:${user}@${target.host}:${target.port}`,
      (tag) => buildIdentityHeaders(identity, localAddress, tag),
      via,
    );
  }

  #describe(hold: Hold | undefined): string {
    const { localAddress, ownHost = localAddress, rtpPort, codec = pcma } = this.#options;
    const { media = audioOf(codec) } = this.#options;
    return offer(ownHost, rtpPort, this.#session, { version: this.#version++, hold, media });
  }

  async #invite(signal: AbortSignal | undefined): Promise<RemoteMedia> {
    const isDelayed = this.#options.answersAfterMs !== undefined;
    const invite = this.#dialog.invite({ body: isDelayed ? '' : this.#sdp });
    if (isDelayed) this.#delayed.set(parseCSeq(invite.headers).number, this.#sdp);
    let transaction = this.#transactions.start(invite);
    let response = await this.#final(transaction, signal);
    const authorization = authorizationFor(transaction.request, response, this.#options.credentials);
    if (authorization) {
      transaction = this.#transactions.start(
        this.#dialog.invite({ body: this.#sdp, headers: [authorization] }),
      );
      response = await this.#final(transaction, signal);
    }
    if (response.status >= 300) {
      if (signal?.aborted) throw new CallCancelled(signal.reason);
      throw new CallRefused(response.status, response.reason);
    }
    if (signal?.aborted) {
      // the answer and the CANCEL have crossed
      await this.hangUp();
      throw new CallCancelled(signal.reason);
    }
    try {
      return parseAnswer(response.body, this.#options.codec);
    } catch (error) {
      if (this.#options.staysWithoutMedia) return nowhere;
      // answered, but with media this caller does not support
      await this.hangUp();
      throw error;
    }
  }

  /** Waits for the final response to an INVITE, which `#receiveResponse` has then acknowledged. */
  async #final(transaction: ClientTransaction, signal: AbortSignal | undefined): Promise<SipResponse> {
    try {
      return await awaitFinal(transaction, signal, () =>
        this.#transactions.start(this.#dialog.cancel(transaction.request)),
      );
    } catch (error) {
      if (error instanceof CallCancelled) throw error;
      throw new TargetUnavailable(`${this.#options.target.host}:${this.#options.target.port}`, error);
    }
  }

  async #bye(): Promise<void> {
    if (this.#over) return;
    try {
      const transaction = this.#transactions.start(this.#dialog.next('BYE'));
      const response = await Promise.race([transaction.response, this.#end.promise]);
      if (typeof response === 'object') await this.#byeAgain(transaction.request, response);
      this.#finish('caller');
    } catch {
      this.#finish('lost');
    }
  }

  async #byeAgain(request: SipRequest, response: SipResponse): Promise<void> {
    const authorization = authorizationFor(request, response, this.#options.credentials);
    if (authorization)
      await this.#transactions.start(this.#dialog.next('BYE', { headers: [authorization] })).response;
  }

  #receiveResponse(response: SipResponse): void {
    const { number, method } = parseCSeq(response.headers);
    const transaction = this.#transactions.answeredBy(response);
    if (!transaction) return;
    if (method === 'INVITE' && response.status >= 200)
      this.#acknowledge(transaction.request, number, response);
    transaction.receive(response);
  }

  #acknowledge(invite: SipRequest, cseq: number, response: SipResponse): void {
    let ack = this.#acks.get(cseq);
    if (!ack) {
      if (response.status < 300) this.#dialog.establish(response);
      ack =
        response.status < 300
          ? this.#dialog.ackSuccess(invite, this.#delayed.get(cseq))
          : this.#dialog.ackFailure(invite, response);
      this.#acks.set(cseq, ack);
    }
    const { isBlind, answersAfterMs } = this.#options;
    if (response.status >= 300) this.#socket.send(ack);
    else if (answersAfterMs !== undefined) setTimeout(() => this.#socket.send(ack), answersAfterMs);
    else if (!isBlind) this.#socket.send(ack);
  }

  #receiveRequest(request: SipRequest): void {
    if (request.method === 'ACK') return;
    this.#socket.send(this.#answer(request));
    if (request.method === 'BYE') this.#finish('pbx');
  }

  /** Accepts every request (BYE, OPTIONS, NOTIFY, re-INVITE …) except media that this caller cannot hear. */
  #answer(request: SipRequest): SipResponse {
    if (request.method !== 'INVITE' && request.method !== 'UPDATE')
      return this.#dialog.respond(request, 200, 'OK');
    try {
      if (request.body !== '') this.#options.onMedia?.(parseAnswer(request.body, this.#options.codec));
    } catch {
      return this.#dialog.respond(request, 488, 'Not Acceptable Here');
    }
    this.#dialog.retarget(request.headers);
    const describe = request.body !== '' || request.method === 'INVITE';
    return this.#dialog.respond(request, 200, 'OK', describe ? this.#sdp : '');
  }

  #finish(by: EndedBy): void {
    this.#over = true;
    this.#transactions.failAll(new Error('the call is over'));
    this.#socket.close();
    this.#end.resolve(by);
  }
}
