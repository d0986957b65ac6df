/**
 * ARI requests over the event socket: a third of what HTTP costs us, and half of its time
 * (docs/adr/0074-requests-over-the-event-socket.md).
 */
import { AriConnectionLost, AriRequestFailed } from './ari-errors.ts';
import { answerOf, operationOf, type HttpAnswer } from './ari-http.ts';

/** What Asterisk answers. An event filter must let it through, as if it were an event. */
export const answerType = 'RESTResponse';

/** Longer bodies go over HTTP: Asterisk reads messages of up to 64 kB (http_websocket.h), some builds of 8 kB. */
const maxBody = 6000;

/**
 * Whether a request may be sent over the event socket. Asterisk carries those out one after another, in the thread
 * that reads the socket, so none may wait for what belongs to one call: for its channel's thread (answering), for a
 * channel being made (dialling), or for its SIP thread (variables), which a caller can keep busy.
 */
export function goesOverSocket(method: string, path: string, body = ''): boolean {
  if (body.length > maxBody) return false;
  const [, rest] = /^\/ari\/channels\/[^/?]+(?:\/(\w+))?/.exec(path) ?? [];
  const isOfCall = path.startsWith('/ari/channels');
  return !isOfCall || (rest === undefined ? method !== 'POST' : rest !== 'answer' && rest !== 'variable');
}

interface Waiting extends PromiseWithResolvers<HttpAnswer> {
  readonly operation: string;
  readonly deadline: NodeJS.Timeout;
}

/** Sends requests, and matches the answers. One for each connection to Asterisk, whatever becomes of its socket. */
export class SocketRequests {
  readonly #deadlineMs: number;
  readonly #waiting = new Map<string, Waiting>();
  #count = 0;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /**
   * @param write sends a text over the socket
   * @param path with `/ari/` and the query
   * @throws AriRequestFailed for a status of 300 or above, or no answer in time; AriConnectionLost
   */
  send(write: (text: string) => void, method: string, path: string, body?: string): Promise<HttpAnswer> {
    const id = String(++this.#count);
    const operation = operationOf(method, path);
    const answer = Promise.withResolvers<HttpAnswer>();
    const deadline = setTimeout(() => {
      this.#waiting.delete(id);
      answer.reject(new AriRequestFailed(operation, 0, `no response within ${this.#deadlineMs} ms`));
    }, this.#deadlineMs);
    this.#waiting.set(id, { ...answer, operation, deadline });
    const request = { type: 'RESTRequest', request_id: id, method, uri: path.slice('/ari/'.length) };
    const content = body !== undefined && { content_type: 'application/json', message_body: body };
    write(JSON.stringify({ ...request, ...content }));
    return answer.promise;
  }

  /** Takes an answer. One that comes after its deadline is nobody's. */
  take({ request_id, status_code, message_body }: RestResponse): void {
    const waiting = this.#waiting.get(request_id);
    if (waiting === undefined) return;
    this.#waiting.delete(request_id);
    clearTimeout(waiting.deadline);
    try {
      waiting.resolve(answerOf(waiting.operation, status_code, Buffer.from(message_body ?? '')));
    } catch (error) {
      waiting.reject(error);
    }
  }

  /** The socket is lost, and with it every answer. */
  fail(): void {
    for (const { operation, deadline, reject } of this.#waiting.values()) {
      clearTimeout(deadline);
      reject(new AriConnectionLost(operation, 0, 'the event socket was lost'));
    }
    this.#waiting.clear();
  }
}

/** As Asterisk sends it (res/ari/ari_websocket_requests.c). */
export interface RestResponse {
  readonly request_id: string;
  readonly status_code: number;
  readonly message_body?: string;
}
