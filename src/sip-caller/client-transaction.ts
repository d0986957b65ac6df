/** One request on UDP, repeated until it is answered (RFC 3261, 17.1). */
import { CallCancelled } from './call-errors.ts';
import { headerValue, parseCSeq, type SipRequest, type SipResponse } from './sip-message.ts';

/** Round-trip estimate and longest interval between repetitions, ms (RFC 3261, table 4). */
const t1Ms = 500;
const t2Ms = 4000;
/** After this long without any answer a request has failed: 64 × T1, timers B and F. */
const transactionTimeoutMs = 64 * t1Ms;

/** A request and its final response. */
export class ClientTransaction {
  readonly request: SipRequest;
  /** The first response of 200 or more; rejects on time-out or {@link fail}. */
  readonly response: Promise<SipResponse>;
  /** A response below 200 has come. */
  proceeding = false;
  readonly #send: (request: SipRequest) => void;
  readonly #settle: PromiseWithResolvers<SipResponse> = Promise.withResolvers();
  #intervalMs = t1Ms;
  #repeat: NodeJS.Timeout | undefined;
  readonly #giveUp: NodeJS.Timeout;

  /** Sends at once. */
  constructor(request: SipRequest, send: (request: SipRequest) => void) {
    this.request = request;
    this.#send = send;
    this.response = this.#settle.promise;
    this.#giveUp = setTimeout(
      () => this.fail(new Error(`no answer to ${request.method}`)),
      transactionTimeoutMs,
    );
    this.#transmit();
  }

  /** Takes a response whose branch is this transaction's. */
  receive(response: SipResponse): void {
    clearTimeout(this.#repeat);
    if (response.status >= 200) {
      clearTimeout(this.#giveUp);
      this.#settle.resolve(response);
      return;
    }
    this.proceeding = true;
    // A ringing phone may ring for as long as the caller likes; only the caller's deadline ends it.
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
    this.#repeat = setTimeout(() => this.#transmit(), this.#intervalMs);
    const next = this.#intervalMs * 2;
    this.#intervalMs = this.request.method === 'INVITE' ? next : Math.min(next, t2Ms);
  }
}

/** The requests of one leg that may still be answered. */
export class ClientTransactions {
  readonly #send: (request: SipRequest) => void;
  readonly #pending = new Map<string, ClientTransaction>();

  constructor(send: (request: SipRequest) => void) {
    this.#send = send;
  }

  /** Sends a request, and again until it is answered. */
  start(request: SipRequest): ClientTransaction {
    const transaction = new ClientTransaction(request, this.#send);
    this.#pending.set(keyOf(request), transaction);
    return transaction;
  }

  /** The request a response answers, by its branch and method (RFC 3261, 17.1.3). */
  answeredBy(response: SipResponse): ClientTransaction | undefined {
    return this.#pending.get(keyOf(response));
  }

  /** Ends what is unanswered. */
  failAll(error: Error): void {
    for (const transaction of this.#pending.values()) transaction.fail(error);
  }
}

function keyOf({ headers }: SipRequest | SipResponse): string {
  const branch = /branch=([^;\s,]+)/.exec(headerValue(headers, 'Via') ?? '')?.[1] ?? '';
  return `${branch} ${parseCSeq(headers).method}`;
}

/**
 * Waits for the final response to an INVITE, or gives the call up when the signal is aborted.
 *
 * @param sendCancel called only once a provisional response has come (RFC 3261, 9.1)
 * @throws {CallCancelled} when the signal was aborted and the other side does not even answer that
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
    sendCancel().response.catch(() => undefined); // what counts is the final response to the INVITE
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
