/** Client transactions: over UDP a request is repeated until it is answered (RFC 3261, 17.1). */
import { CallCancelled } from './call-errors.ts';
import { headerValue, parseCSeq, type SipRequest, type SipResponse } from './sip-message.ts';
import type { SipSocket, SipTransport } from './sip-socket.ts';

/** The estimated round-trip time, and the longest interval between retransmissions (RFC 3261, table 4). */
const t1Ms = 500;
const t2Ms = 4000;
/** A request without any answer has failed after 64 × T1 (timers B and F). */
const transactionTimeoutMs = 64 * t1Ms;

/** A request and its final response. */
export class ClientTransaction {
  readonly request: SipRequest;
  /** The final response (status 200 or more). Rejects on timeout or {@link fail}. */
  readonly response: Promise<SipResponse>;
  /** True once a provisional response (status below 200) has arrived. */
  proceeding = false;
  readonly #send: (request: SipRequest) => void;
  readonly #transport: SipTransport;
  readonly #settle: PromiseWithResolvers<SipResponse> = Promise.withResolvers();
  #intervalMs = t1Ms;
  #repeat: NodeJS.Timeout | undefined;
  readonly #giveUp: NodeJS.Timeout;

  /** Sends the request at once. */
  constructor(request: SipRequest, transport: SipTransport, send: (request: SipRequest) => void) {
    this.request = request;
    this.#transport = transport;
    this.#send = send;
    this.response = this.#settle.promise;
    this.#giveUp = setTimeout(
      () => this.fail(new Error(`no answer to ${request.method}`)),
      transactionTimeoutMs,
    );
    this.#transmit();
  }

  /** Takes a response that belongs to this transaction. */
  receive(response: SipResponse): void {
    clearTimeout(this.#repeat);
    if (response.status >= 200) {
      clearTimeout(this.#giveUp);
      this.#settle.resolve(response);
      return;
    }
    this.proceeding = true;
    // A phone may ring for any length of time; only the caller's own deadline ends it.
    if (this.request.method === 'INVITE') clearTimeout(this.#giveUp);
  }

  /** Ends the transaction without an answer. */
  fail(error: Error): void {
    clearTimeout(this.#repeat);
    clearTimeout(this.#giveUp);
    this.#settle.reject(error);
  }

  #transmit(): void {
    this.#send(this.request);
    if (this.#transport !== 'udp') return; // nothing gets lost
    this.#repeat = setTimeout(() => this.#transmit(), this.#intervalMs);
    const next = this.#intervalMs * 2;
    this.#intervalMs = this.request.method === 'INVITE' ? next : Math.min(next, t2Ms);
  }
}

/** The transactions of one leg that may still be answered. */
export class ClientTransactions {
  readonly #socket: Pick<SipSocket, 'transport' | 'send'>;
  readonly #pending = new Map<string, ClientTransaction>();

  constructor(socket: Pick<SipSocket, 'transport' | 'send'>) {
    this.#socket = socket;
  }

  /** Sends a request, and over UDP repeats it until it is answered. */
  start(request: SipRequest): ClientTransaction {
    const { transport } = this.#socket;
    const transaction = new ClientTransaction(request, transport, (message) => this.#socket.send(message));
    this.#pending.set(keyOf(request), transaction);
    return transaction;
  }

  /** Finds the transaction of a response by branch and method (RFC 3261, 17.1.3). */
  answeredBy(response: SipResponse): ClientTransaction | undefined {
    return this.#pending.get(keyOf(response));
  }

  /** Fails every transaction that is still unanswered. */
  failAll(error: Error): void {
    for (const transaction of this.#pending.values()) transaction.fail(error);
  }
}

function keyOf({ headers }: SipRequest | SipResponse): string {
  const branch = /branch=([^;\s,]+)/.exec(headerValue(headers, 'Via') ?? '')?.[1] ?? '';
  return `${branch} ${parseCSeq(headers).method}`;
}

/**
 * Waits for the final response to an INVITE, and cancels the call when the signal is aborted.
 *
 * @param sendCancel called only after a provisional response (RFC 3261, 9.1)
 * @throws {CallCancelled} when the signal is aborted and no final response follows
 */
export async function awaitFinal(
  invite: ClientTransaction,
  signal: AbortSignal | undefined,
  sendCancel: () => ClientTransaction,
): Promise<SipResponse> {
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () => invite.fail(new CallCancelled(signal?.reason));
  const cancel = () => {
    if (!invite.proceeding) {
      giveUp();
      return;
    }
    sendCancel().response.catch(() => undefined); // only the final response to the INVITE matters
    timer = setTimeout(giveUp, transactionTimeoutMs);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    return await invite.response;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}
