/** The calls that have ended, for an officer. */
import type { CallOutcome } from './call-records.ts';
import type { ShownCall } from './shown-call.ts';

/** Which calls to list; a call must meet all of it. */
export interface ArchiveFilter {
  readonly outcome?: CallOutcome;
  /** Calls that ended then or later. */
  readonly from?: Date;
  /** Calls that ended before. */
  readonly to?: Date;
  /** NODE_NAME. */
  readonly node?: string;
  /** Calls of this length or longer, ms. */
  readonly minMs?: number;
  /** Calls shorter than this, ms. */
  readonly maxMs?: number;
  /** Keyed hashes (`subjectKey`) of the code that was keyed last: under each key that has been in use. */
  readonly codeKeys?: readonly string[];
  /** Keyed hashes of the caller's number, likewise. */
  readonly phoneKeys?: readonly string[];
}

/** A place in the list: just before this call, towards older ones. Holds no secret, so it may stand in a URL. */
export interface ArchiveCursor {
  /** When the call ended, UTC, as the database writes it: `2026-11-30 02:15:04.120`. */
  readonly closedAt: string;
  /** The row's id. */
  readonly id: number;
}

/** One page of the list. */
export interface ArchivePage {
  /** Newest first, at most {@link archivePageCalls}, without their steps. */
  readonly calls: readonly ShownCall[];
  /**
   * Where to go on. Null: there are no older calls. A page looks at a bounded number of rows, so it may have fewer
   * calls than fit, or none, and still go on.
   */
  readonly next: ArchiveCursor | null;
}

/** Calls on one page. */
export const archivePageCalls = 50;

/** The port that reads them. Rejects with RegistryUnavailable. */
export interface CallArchive {
  /**
   * @param before `next` of the page before; absent: the newest calls
   */
  list(filter: ArchiveFilter, before?: ArchiveCursor): Promise<ArchivePage>;
  /** One call with its steps; null: none with this id has ended. */
  read(callId: string): Promise<ShownCall | null>;
  /** The machines that have calls, in order of name. */
  nodes(): Promise<readonly string[]>;
}

/** `2026-11-30 02:15:04.120~4711`, for a link. */
export function spellCursor({ closedAt, id }: ArchiveCursor): string {
  return `${closedAt}~${id}`;
}

/** The inverse of {@link spellCursor}; null if it is no such text. */
export function readCursor(text: string): ArchiveCursor | null {
  const [, closedAt, id] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})~(\d{1,15})$/.exec(text) ?? [];
  if (closedAt === undefined || Number.isNaN(Date.parse(`${closedAt.replace(' ', 'T')}Z`))) return null;
  return { closedAt, id: Number(id) };
}
