/** What the words about a call consist of, in each language. Plain text: no Markdown, no HTML. */
import type { DialplanExit } from '../../call/channel.ts';
import type { Prompt } from '../../call/prompts.ts';
import type { AttemptAdmission } from '../../registry/attempts.ts';
import type { CallBackAnswer } from '../../registry/call-backs.ts';
import type {
  CallAdmission,
  CallOutcome,
  IdentityVerdict,
  resetBranch,
} from '../../registry/call-records.ts';
import type { StepKind } from '../../registry/call-steps.ts';
import type { Preparation, ResetState } from '../../registry/resets.ts';
import type { Reason, SituationName, WorkingPassword } from './situations.ts';

type Words<Key extends string> = Readonly<Record<Key, string>>;

/** What is known of a situation. */
export interface Told {
  readonly happened: string;
  /** To the citizen. */
  readonly say: string;
}

/** A word of a call's record. */
export interface Explained {
  /** Short: for a cell or a label. */
  readonly name: string;
  readonly means: string;
}

/** How far a number was believed. `notJudged`: the record has no verdict. */
export type Verdict = IdentityVerdict | 'notJudged';

/** What may be known of a call beside its outcome and reason. */
export type CallDetail =
  'branch' | 'validUntil' | 'noExpiry' | 'mismatches' | 'incompleteCodes' | 'silences' | 'readingBegun';

export interface AdviceWords {
  /** Short: for a cell or a legend. */
  readonly outcomes: Words<CallOutcome>;
  /** Null: reasons are shown as they are recorded. */
  readonly reasons: ReasonWords | null;
  readonly passwords: Words<WorkingPassword>;
  readonly situations: Readonly<Record<SituationName, Told>>;
  readonly verdicts: Readonly<Record<Verdict, Explained>>;
  readonly details: Readonly<Record<CallDetail, Explained>>;
  readonly steps: StepWords;
}

export interface ReasonWords {
  /** `…` stands for what differs, as in the reason. */
  readonly names: Words<Reason>;
  /** @param calls as recorded: `3`, `at least 512` */
  readonly sharedBy: (calls: string) => string;
}

/** For the lanes of a timeline (registry/call-steps.ts). */
export interface StepWords {
  /** `…` stands for the detail. */
  readonly kinds: Words<StepKind>;
  /** Of the kinds whose details are phrases of their own. */
  readonly answers: { readonly [Kind in keyof StepAnswers]: Words<StepAnswers[Kind]> };
  /** Of the database, in place of an answer. */
  readonly noAnswers: Words<NoAnswer>;
  /** By what they say. */
  readonly prompts: Words<Exclude<Prompt, 'pause' | 'silence'>>; // one of a single branch is shown by its name
  readonly digits: (count: number) => string;
  /** By the name of the error; an unexpected one is shown as recorded. */
  readonly faults: Readonly<Record<string, string>>;
  readonly omitted: (count: number) => string;
}

type NoAnswer = 'unavailable' | 'failed';

/** The details of some kinds of steps (hotline/noted-registry.ts, noted-channel.ts). */
interface StepAnswers {
  /** Another branch is shown by its name. */
  readonly arrived: typeof resetBranch;
  readonly opening: CallAdmission;
  readonly code: 'match' | 'mismatch' | Exclude<AttemptAdmission, 'admitted'>;
  readonly refund: 'made';
  /** `refused`: the activation; `unknown`: no such reset. */
  readonly reset: Preparation | ResetState | 'refused' | 'unknown';
  readonly 'call-back': 'ordered' | Extract<CallBackAnswer, string>;
  readonly exit: DialplanExit;
}
