/**
 * An error that people meet: a wrong setting, a part that is unreachable, an act that failed. Its
 * message is one sentence to act on; it is printed and logged without a stack, so it holds no
 * secret, no code and no full number.
 *
 * Names of subclasses: `…Unavailable` for what may come back, `…Failed` for an act that failed,
 * `…Error` for wrong input. What ends a call or a wait for a prompt keeps the field's own word
 * (`ChannelGone`, `CallRefused`, `CallCancelled`, `NotHeard`, `AriConnectionLost`).
 */
export class ExpectedError extends Error {
  override readonly name: string = 'ExpectedError';

  /** What a command ends with. */
  get exitCode(): number {
    return 1;
  }
}

/**
 * Whether the message says all there is to say. Anything else is a fault of the program, and the
 * place where it arose is the message. What the operating system refuses (a full disk, a port in
 * use) is expected too: Node's message names the call, the reason and the file or address.
 */
export function isExpected(error: unknown): boolean {
  return error instanceof ExpectedError || (error instanceof Error && 'errno' in error && 'syscall' in error);
}
