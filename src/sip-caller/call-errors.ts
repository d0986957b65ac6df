/** The reasons why a call was not answered. */
import { ExpectedError } from '../expected-error.ts';

/** No SIP device answers at the target: the port is closed, or nothing came for 32 s (RFC 3261, timer B). */
export class TargetUnavailable extends ExpectedError {
  override readonly name = 'TargetUnavailable';
  constructor(target: string, cause?: unknown) {
    super(`nothing answers at ${target}`, { cause });
  }
}

/** The other side answered with a SIP error such as 403, 404 or 486. */
export class CallRefused extends ExpectedError {
  override readonly name = 'CallRefused';
  readonly status: number;
  constructor(status: number, reason: string) {
    super(`the call was refused with ${status} ${reason}`);
    this.status = status;
  }
}

/** The caller gave up before the call was answered. The cause is the reason of the abort. */
export class CallCancelled extends ExpectedError {
  override readonly name = 'CallCancelled';
  constructor(cause?: unknown) {
    super('the call was cancelled before it was answered', { cause });
  }
}
