/** One outgoing call over SIP and UDP: INVITE, answer, and the end from either side (RFC 3261). */
import { randomBytes } from 'node:crypto';
import { CallCancelled, CallRefused, TargetUnavailable } from './call-errors.ts';
import { ClientTransactions, untilFinal, type ClientTransaction } from './client-transaction.ts';
import { Dialog } from './dialog.ts';
import { authorizationFor, type Credentials } from './digest.ts';
import { identityHeaders, type CallerIdentity } from './identity.ts';
import { offer, parseAnswer, type RemoteMedia } from './sdp.ts';
import { isResponse, parseCSeq, type SipHeaders, type SipRequest, type SipResponse } from './sip-message.ts';
import { SipSocket, type Endpoint } from './sip-socket.ts';

/** What a leg needs to be placed. */
export interface SipLegOptions {
  readonly target: Endpoint;
  /** Address of this machine the call comes from; the PBX tells its trunk by it. */
  readonly localAddress: string;
  readonly dial: string;
  readonly identity: CallerIdentity;
  /** For softphones, which the PBX asks to log in. */
  readonly credentials?: Credentials;
  /** Port of the RTP socket on `localAddress`. */
  readonly rtpPort: number;
  /** Sends no ACK of the answer, as somebody who calls under a foreign address and never sees it. */
  readonly isBlind?: boolean;
  /** Parameters added to Via, such as `;maddr=192.0.2.1`. */
  readonly via?: string;
  /** Told when the PBX moves its RTP in the middle of the call. */
  readonly onMedia?: (media: RemoteMedia) => void;
}

/** Who ended an answered call. `lost`: the PBX no longer answers. */
export type EndedBy = 'caller' | 'pbx' | 'lost';

/** The SIP side of one call. */
export class SipLeg {
  readonly #options: SipLegOptions;
  readonly #socket: SipSocket;
  readonly #dialog: Dialog;
  readonly #transactions: ClientTransactions;
  /** ACKs by CSeq of their INVITE: a repeated answer is acknowledged again. */
  readonly #acks = new Map<number, SipRequest>();
  readonly #sdp: string;
  readonly #end: PromiseWithResolvers<EndedBy> = Promise.withResolvers();
  #hangingUp: Promise<void> | undefined;
  #over = false;

  private constructor(options: SipLegOptions, socket: SipSocket) {
    this.#options = options;
    this.#socket = socket;
    const { target, localAddress } = options;
    this.#dialog = new Dialog(
      socket.local,
      `sip:${options.dial}@${target.host}:${target.port}`,
      (tag) => identityHeaders(options.identity, localAddress, tag),
      options.via,
    );
    this.#transactions = new ClientTransactions((request) => {
      socket.send(request);
    });
    this.#sdp = offer(localAddress, options.rtpPort, randomBytes(3).readUIntBE(0, 3));
    socket.listen(
      (message) => {
        if (isResponse(message)) this.#receiveResponse(message);
        else this.#receiveRequest(message);
      },
      (error) => {
        this.#transactions.failAll(error);
      },
    );
  }

  /** Opens the leg's socket; nothing is sent yet. Rejects when `localAddress` is not this machine's. */
  static async open(options: SipLegOptions): Promise<SipLeg> {
    return new SipLeg(options, await SipSocket.open(options.localAddress, options.target));
  }

  /** Resolves, never rejects, when an answered call is over. */
  get ended(): Promise<EndedBy> {
    return this.#end.promise;
  }

  /**
   * Calls, and waits for the answer.
   *
   * @param signal gives the call up (CANCEL)
   * @throws {TargetUnavailable} {@link CallRefused} {@link CallCancelled}; the socket is closed then
   */
  async invite(signal?: AbortSignal): Promise<RemoteMedia> {
    try {
      return await this.#invite(signal);
    } catch (error) {
      this.#transactions.failAll(new Error('the call is over')); // a CANCEL may still be waiting
      this.#socket.close();
      throw error;
    }
  }

  /**
   * Says within the answered call who is calling now: a re-INVITE, or an UPDATE (RFC 3311), with
   * these headers. @returns the status of the answer; rejects when there is none.
   */
  async claimAnew(method: 'INVITE' | 'UPDATE', headers: SipHeaders): Promise<number> {
    const body = method === 'INVITE' ? this.#sdp : '';
    const { status } = await this.#transactions.start(this.#dialog.next(method, { headers, body })).response;
    return status;
  }

  /** Sends BYE and waits for its answer. Does nothing when the call is over. Never rejects. */
  async hangUp(): Promise<void> {
    this.#hangingUp ??= this.#bye();
    await this.#hangingUp;
  }

  async #invite(signal: AbortSignal | undefined): Promise<RemoteMedia> {
    let transaction = this.#transactions.start(this.#dialog.invite({ body: this.#sdp }));
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
      // the answer and the CANCEL crossed
      await this.hangUp();
      throw new CallCancelled(signal.reason);
    }
    try {
      return parseAnswer(response.body);
    } catch (error) {
      // answered, but not in a language this caller understands
      await this.hangUp();
      throw error;
    }
  }

  /** The final response to an INVITE; `#receiveResponse` has acknowledged it. */
  async #final(transaction: ClientTransaction, signal: AbortSignal | undefined): Promise<SipResponse> {
    try {
      return await untilFinal(transaction, signal, () =>
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
        response.status < 300 ? this.#dialog.ackSuccess(invite) : this.#dialog.ackFailure(invite, response);
      this.#acks.set(cseq, ack);
    }
    if (response.status >= 300 || !this.#options.isBlind) this.#socket.send(ack);
  }

  #receiveRequest(request: SipRequest): void {
    if (request.method === 'ACK') return;
    this.#socket.send(this.#answer(request));
    if (request.method === 'BYE') this.#finish('pbx');
  }

  /** A caller agrees to everything (BYE, OPTIONS, NOTIFY, re-INVITE …) but to media it cannot hear. */
  #answer(request: SipRequest): SipResponse {
    if (request.method !== 'INVITE' && request.method !== 'UPDATE')
      return this.#dialog.respond(request, 200, 'OK');
    try {
      if (request.body !== '') this.#options.onMedia?.(parseAnswer(request.body));
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
