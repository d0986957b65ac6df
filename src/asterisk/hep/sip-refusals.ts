/** Finds the calls, registrations and requests that the PBX, or the carrier, refused or never answered. */
import { documentPath } from '../../installation.ts';
import { performance } from 'node:perf_hooks';
import type { CapturedMessage } from './hep-packet.ts';
import { readSipParts, type SipParts } from './sip-text.ts';

/** A refusal. Holds no phone number, and no text from outside but harmless characters. */
export interface Refusal {
  readonly what: 'a call' | 'a registration' | 'a request';
  readonly why: string;
  /** Addresses, `203.0.113.9:5060`. */
  readonly from: string;
  readonly to: string;
  /** SIP status; undefined: never answered. */
  readonly status: number | undefined;
  /** The name that was logged in or registered with. */
  readonly user: string | undefined;
  /** What a refused call offered. */
  readonly offered: string;
}

interface Pending {
  readonly message: CapturedMessage;
  readonly request: SipParts;
  /** When it counts as refused, if nothing more comes. */
  readonly dueMs: number;
  /** 401 or 407, to which no credentials have followed. */
  readonly challenged?: number;
}

/** A phone that was asked for its password sends it at once; a request in a call is answered at once. */
const patienceMs = 5000;
/** A phone may ring for minutes. What is never answered is forgotten by the limit below. */
const ringingMs = 300_000;
const maxPending = 4096;

/** Why a status was given, in an admin's words. */
const reasons: Readonly<Record<number, string>> = {
  403: 'not allowed for this endpoint or address',
  404: 'no such number or user',
  488: `no media line that the endpoint allows (${documentPath('trunks.md')})`,
  503: 'no room for more calls, or the other side cannot be reached',
};

/** Takes every SIP message of the PBX, in order. */
export class SipRefusals {
  readonly #report: (refusal: Refusal) => void;
  readonly #pending = new Map<string, Pending>();

  constructor(report: (refusal: Refusal) => void) {
    this.#report = report;
  }

  take(message: CapturedMessage): void {
    const parts = readSipParts(message.text);
    if (parts === null) return;
    if (parts.status === undefined) this.#request(message, parts);
    else if (parts.status >= 200) this.#answer(parts, parts.status);
  }

  /** Reports what has waited too long. To be called about once a second. */
  sweep(nowMs = performance.now()): void {
    for (const [key, pending] of this.#pending) {
      if (pending.dueMs > nowMs) continue;
      this.#pending.delete(key);
      const { message, request, challenged } = pending;
      if (challenged !== undefined)
        this.#refuse(message, request, challenged, 'no credentials, and no endpoint for this address');
      else if (request.isInDialog) this.#refuse(message, request, undefined, whyUnanswered(request));
    }
  }

  #request(message: CapturedMessage, request: SipParts): void {
    const { method, isInDialog, hasCredentials, callId, transaction } = request;
    if (hasCredentials) this.#pending.delete(callId);
    if (method === 'ACK' || method === 'CANCEL' || method === 'BYE') return;
    if (isInDialog === (method === 'INVITE' || method === 'REGISTER')) return;
    if (this.#pending.has(transaction)) return; // sent again
    this.#keep(transaction, {
      message,
      request,
      dueMs: performance.now() + (isInDialog ? patienceMs : ringingMs),
    });
  }

  #answer({ transaction, isStale }: SipParts, status: number): void {
    const pending = this.#pending.get(transaction);
    if (!pending) return;
    this.#pending.delete(transaction);
    const { message, request } = pending;
    if (status < 300 || request.isInDialog || status === 487) return;
    const isChallenge = status === 401 || status === 407;
    if (!isChallenge) this.#refuse(message, request, status, reasons[status] ?? 'refused');
    else if (!request.hasCredentials)
      this.#keep(request.callId, { ...pending, challenged: status, dueMs: performance.now() + patienceMs });
    else if (!isStale) this.#refuse(message, request, status, 'wrong user name or password');
  }

  #keep(key: string, pending: Pending): void {
    this.#pending.set(key, pending);
    if (this.#pending.size <= maxPending) return;
    const [oldest] = this.#pending.keys();
    this.#pending.delete(oldest!);
  }

  #refuse(message: CapturedMessage, request: SipParts, status: number | undefined, why: string): void {
    const { method, user, offered } = request;
    const what =
      method === 'INVITE' ? 'a call' : method === 'REGISTER' ? 'a registration' : ('a request' as const);
    const { from, to } = message;
    this.#report({ what, why, from, to, status, user, offered: what === 'a call' ? offered : '' });
  }
}

function whyUnanswered({ method, contentType }: SipParts): string {
  if (method === 'INFO' && contentType.startsWith('application/dtmf'))
    return `a key by SIP INFO, which is not taken: load res_pjsip_dtmf_info (${documentPath('trunks.md')})`;
  return `Asterisk has no answer to ${method}${contentType === '' ? '' : ` with ${contentType}`} in a call`;
}
