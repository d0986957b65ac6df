/** What happens now, as the database knows it. */
import type { CallOutcome, IdentityVerdict } from './call-records.ts';

/** Calls that ended within one minute. */
export interface MinuteOfCalls {
  readonly at: Date;
  /** Without the refused ones. */
  readonly calls: number;
  /** Sent back at once: all lines busy, or the application was stopping. */
  readonly refused: number;
}

/** Calls that ended within a day. */
export interface OutcomeCounts {
  /** Only outcomes that occurred. The refused calls are among `limited`. */
  readonly outcomes: Readonly<Partial<Record<CallOutcome, number>>>;
  readonly refused: number;
  /** Callers who asked for the operator: at the code, and in the menu as far as the menu has been counted. */
  readonly operators: number;
}

/** A call under way. */
export interface OpenCall {
  readonly callId: string;
  readonly node: string;
  readonly instanceId: string;
  /** For example `+84***5678`; empty without a number. */
  readonly maskedPhone: string;
  /** How far the number is believed; null: not judged, or called back. */
  readonly identity: IdentityVerdict | null;
  readonly openedAt: Date;
  /** The leg of a call-back. */
  readonly isCallBack: boolean;
}

/** An application process. */
export interface SeenNode {
  readonly node: string;
  readonly instanceId: string;
  readonly startedAt: Date;
  /** How long ago the database heard from it, ms. Living ones are heard every few seconds. */
  readonly seenMsAgo: number;
  /** Declared lost: others close its calls. */
  readonly isLost: boolean;
  readonly openCalls: number;
}

export interface Live {
  /** By the database's clock. */
  readonly at: Date;
  /** The last 60 minutes, oldest first, also those without calls; the last one is under way. */
  readonly minutes: readonly MinuteOfCalls[];
  /** Since midnight in Vietnam. A call counts here some seconds after it has ended, when its row is sealed. */
  readonly today: OutcomeCounts;
  /** Oldest first, at most {@link maxOpenCalls}. */
  readonly openCalls: readonly OpenCall[];
  /** How many there are. */
  readonly openCallCount: number;
  /** In order of name; of the lost ones, those that were lost within a day. */
  readonly nodes: readonly SeenNode[];
  /** Messages to owners. Counts up to 1000, which means "or more". */
  readonly outbox: { readonly waiting: number; readonly dead: number; readonly oldestWaitingMs: number };
  /** Age of the oldest row of the audit log without a seal, among the newest rows, ms; 0 if all have theirs. */
  readonly unsealedMs: number;
}

/** Calls under way that are listed. */
export const maxOpenCalls = 200;

/** The port that reads them: cheap enough to be asked every 2 s, once for all who look. */
export interface LiveFigures {
  /** @throws RegistryUnavailable */
  read(): Promise<Live>;
}
