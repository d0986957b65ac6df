/** What the console is given to read and to act through. */
import type { PasswordChecks } from '../accounts/password-checks.ts';
import type { PathSettings } from '../call/paths/path-cost.ts';
import type { Logger } from '../logger.ts';
import type { PromptDesk } from '../recordings/own/prompt-desk.ts';
import type { CallUnderWay } from '../records/calls-under-way.ts';
import type { AccountBlocks } from '../registry/account-blocks.ts';
import type { AccountCodes } from '../registry/account-codes.ts';
import type { CallArchive } from '../registry/call-archive.ts';
import type { CallFigures } from '../registry/call-figures.ts';
import type { ConsoleSessions, ConsoleUsers } from '../registry/console-users.ts';
import type { LiveFigures } from '../registry/live-figures.ts';
import type { OfficerActs } from '../registry/officer-acts.ts';
import type { confirmPassword, SignInAnswer, SignInForm } from './sign-in.ts';

/** A part of the hotline, and whether it works. */
export interface PartState {
  readonly part: 'ari' | 'ami' | 'trunk' | 'database';
  /** `unknown`: nobody has asked yet, or it cannot be asked. */
  readonly state: 'up' | 'down' | 'unknown';
  /** A sentence of the part's own, in English. */
  readonly why?: string;
}

/** What this process can say of itself, and be told to do. */
export interface ConsoleProcess {
  readonly instanceId: string;
  readonly node: string;
  /** Whether owners are sent messages at all. */
  readonly hasGateway: boolean;
  readonly callsUnderWay: () => readonly CallUnderWay[];
  readonly states: () => Promise<readonly PartState[]>;
  /** Until the running calls are cut; null unless draining. */
  readonly secondsLeft: () => number | null;
  /** Finishes the running calls, then ends the process. */
  readonly drain: () => void;
}

/** The prompts, as the pages see them. */
export type PromptPort = Pick<
  PromptDesk,
  'list' | 'read' | 'samples' | 'wav' | 'make' | 'keep' | 'putLive' | 'state' | 'lengthMs'
>;

export interface ConsoleParts {
  readonly logger: Logger;
  /** HASH_KEY, and the keys before it: by them codes and numbers are looked for, and cookies are signed. */
  readonly hashKeys: readonly [string, ...string[]];
  readonly process: ConsoleProcess;
  readonly users: ConsoleUsers;
  readonly sessions: ConsoleSessions;
  readonly signIn: (form: SignInForm) => Promise<SignInAnswer>;
  readonly confirmPassword: (form: SignInForm) => ReturnType<typeof confirmPassword>;
  readonly passwords: Pick<PasswordChecks, 'hash'>;
  readonly archive: CallArchive;
  readonly figures: CallFigures;
  readonly live: LiveFigures;
  readonly blocks: AccountBlocks;
  readonly codes: AccountCodes;
  readonly acts: OfficerActs;
  readonly prompts: PromptPort;
  /** What decides how long a call takes. */
  readonly readScript: () => Promise<PathSettings>;
}
