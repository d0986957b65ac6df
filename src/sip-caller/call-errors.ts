/** Why a call was not answered. */
import { ExpectedError } from '../expected-error.ts';

/** No SIP device answers at the target: connection refused, or silence for 32 s (RFC 3261, timer B). */
export class TargetUnavailable extends ExpectedError {
  override readonly name = 'TargetUnavailable';
  constructor(target: string, cause?: unknown) {
    super(`nothing answers at ${target}`, { cause });
  }
}

/** The other side answered with a SIP error: 403, 404, 486 … */
export class CallRefused extends ExpectedError {
  override readonly name = 'CallRefused';
  readonly status: number;
  constructor(status: number, reason: string) {
    super(`the call was refused with ${status} ${reason}`);
    this.status = status;
  }
}

/** The caller gave up before the call was answered. */
export class CallCancelled extends ExpectedError {
  override readonly name = 'CallCancelled';
  constructor(cause?: unknown) {
    super('the call was given up before it was answered', { cause });
  }
}
