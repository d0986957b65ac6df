/** No message here holds a password, or the query or body of a request: they may hold digits. */
import { ExpectedError } from '../../expected-error.ts';

/** Asterisk's REST interface cannot be used at all: not reachable, refused, or not what it claims. */
export class AriUnavailable extends ExpectedError {
  override readonly name = 'AriUnavailable';
}

/** One operation failed. */
export class AriRequestFailed extends ExpectedError {
  override readonly name = 'AriRequestFailed';
  /** The HTTP status; 0 when there was no answer, or none in time. */
  readonly status: number;
  /** swagger-client prints this when the API documents cannot be read. */
  readonly statusText: string;

  constructor(operation: string, status: number, reason: string) {
    super(`${operation}: ${reason}`);
    this.status = status;
    this.statusText = reason;
  }
}

/** The connection broke before the answer: refused, reset, or closed. */
export class AriConnectionLost extends AriRequestFailed {}

/** Asterisk does not know these sounds, each named with what is missing. */
export class SoundsUnavailable extends ExpectedError {
  override readonly name = 'SoundsUnavailable';
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    super(`Asterisk cannot play: ${missing.join(', ')}`);
    this.missing = missing;
  }
}

/** Whether the channel, or the playback, is not there (any more). */
export function isAbsent(error: unknown): boolean {
  // 404: no such object; 409: the channel has left the application; 412: it is not up.
  return error instanceof AriRequestFailed && [404, 409, 412].includes(error.status);
}

/** Whether a function of the dialplan gave no value: a header that is not there. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof AriRequestFailed && error.status === 500;
}
