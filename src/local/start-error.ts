import { ExpectedError } from '../expected-error.ts';

/**
 * Why `hotline run` ends, as a process exit code. 1 is left for a fault in the program itself, 2
 * for wrong usage of the command line.
 */
export const exitCodes = {
  /** Ended because it was asked to, by Ctrl-C, SIGTERM or a closed terminal. */
  stopped: 0,
  /** This checkout's hotline already runs. */
  alreadyRunning: 10,
  /** Another program holds a port the hotline needs. */
  portInUse: 11,
  /** Not root and no sudo, or a folder that may not be written. */
  noPermission: 12,
  /** Debian packages could not be fetched. */
  noNetwork: 13,
  /** Not enough room, found before or while building. */
  diskFull: 14,
  /** Not a Debian machine, or one that lacks what the hotline is started with. */
  unsupportedMachine: 15,
  /** PBX, database or application did not come up. */
  serviceFailed: 16,
} as const;

export type ExitReason = keyof typeof exitCodes;

/** The hotline cannot start. The message is one sentence a reader can act upon. */
export class StartError extends ExpectedError {
  override readonly name = 'StartError';
  readonly reason: ExitReason;

  constructor(reason: ExitReason, message: string) {
    super(message);
    this.reason = reason;
  }

  /** What the process should exit with, see {@link exitCodes}. */
  override get exitCode(): number {
    return exitCodes[this.reason];
  }
}
