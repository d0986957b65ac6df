/**
 * What can go wrong between us and Asterisk. No message holds a password, or the query or body of a
 * request: they may hold digits.
 */
import { ExpectedError } from '../../expected-error.ts';

/** Asterisk's REST interface cannot be used: it is unreachable, refuses us, or is not ARI. */
export class AriUnavailable extends ExpectedError {
  override readonly name = 'AriUnavailable';
}

/** Asterisk does not answer, and may later: it is down, starts or stands still, or the network between is. */
export class AriUnreachable extends AriUnavailable {}

/** Why an Asterisk cannot be used. Holds no password. */
export function unusable(url: string, error: unknown): AriUnavailable {
  if (error instanceof AriUnavailable) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const isUnanswered =
    error instanceof AriRequestFailed && error.status === 0 && !(error instanceof AriTlsFailed);
  const Kind = isUnanswered ? AriUnreachable : AriUnavailable;
  return new Kind(`ARI at ${new URL(url).origin} cannot be used: ${reason}`);
}

/** One operation failed. */
export class AriRequestFailed extends ExpectedError {
  override readonly name = 'AriRequestFailed';
  /** The HTTP status; 0 when no response came, or none in time. */
  readonly status: number;
  /** swagger-client prints this when the API documents cannot be read. */
  readonly statusText: string;

  constructor(operation: string, status: number, reason: string) {
    super(`${operation}: ${reason}`);
    this.status = status;
    this.statusText = reason;
  }
}

/** The connection was refused, reset or closed before the response. */
export class AriConnectionLost extends AriRequestFailed {}

/** The two sides do not agree on TLS: a certificate or a setting is wrong, and trying again does not help. */
export class AriTlsFailed extends AriRequestFailed {}

/** Asterisk lacks these sounds, each named with its format: `digits/7 (alaw)`. */
export class SoundsUnavailable extends ExpectedError {
  override readonly name = 'SoundsUnavailable';
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    super(`Asterisk cannot play: ${missing.join(', ')}`);
    this.missing = missing;
  }
}

/** Whether the error says that the channel or playback does not exist, or no longer. */
export function isAbsent(error: unknown): boolean {
  // 404: no such object; 409: the channel has left the application; 412: it is not up.
  return error instanceof AriRequestFailed && [404, 409, 412].includes(error.status);
}

/**
 * Whether a dialplan function gave no value that can be passed on. For a header: it is absent, too long
 * for Asterisk (4096 bytes), or not UTF-8.
 */
export function isUnreadable(error: unknown): boolean {
  return error instanceof AriRequestFailed && error.status === 500;
}

/**
 * Whether a dialplan function gave no value at all. A value that is not UTF-8 fails otherwise, with
 * `Allocation failed` (resource_channels.c, ast_ari_channels_get_channel_var).
 */
export function isWithoutValue(error: unknown): boolean {
  return isUnreadable(error) && (error as AriRequestFailed).statusText.includes('Unable to read');
}
