/** What `hotline audit verify` is asked, and what it answers. */
import type { Head } from './audit-seal.ts';

export interface VerifyOptions {
  databaseUrl: string;
  /** AUDIT_KEY. */
  key: string;
  /** AUDIT_KEYS_BEFORE. */
  earlierKeys?: readonly string[];
  /** A batch and its seal that were noted outside the database: the only way to know that the newest seals were cut off. */
  noted?: Head;
  /** Begins after this batch, whose seal was noted when everything up to it had been verified. Default: at the beginning. */
  from?: Head;
  /** Called now and then, with the batch reached and the newest one. */
  onProgress?: (rows: number, batch: number, lastBatch: number) => void;
}

/** `hotline audit verify --json` has these names. */
export interface VerifyReport {
  /** The first thing wrong, as a sentence that names it; null if everything is as it was written. */
  finding: string | null;
  /** Rows that agree with their seal. */
  rows: number;
  /** Rows that are not sealed yet and have a right MAC. */
  unsealed: number;
  /** Where the chain begins: batches up to this one were pruned. */
  start: Head;
  /** What was looked at begins after this batch. */
  from: Head;
  /** Where it ends, to be noted. */
  head: Head;
}
