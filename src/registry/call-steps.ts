/** What happens in a call, step by step, and how the steps are spelt where they are kept. */

/** In whose lane of a call's timeline each kind of step stands. */
export const laneOf = {
  /** The call has reached the application; the detail is the name of its branch. */
  arrived: 'caller',
  /** A key was pressed. Which one is never kept. */
  key: 'caller',
  /** The phone takes no sound, and takes it again. */
  held: 'caller',
  back: 'caller',
  /** The channel is gone before the application has ended the call; the detail is a `GoneReason` of call/channel.ts. */
  gone: 'caller',
  answered: 'hotline',
  /** How far the caller's number is believed (`IdentityVerdict`). */
  identity: 'hotline',
  /** A sentence begins: names of prompts; digits of a password are counted only. */
  says: 'hotline',
  /** The sentence was sent to its end, or cut: by a key, a hold or the end of the call. */
  said: 'hotline',
  cut: 'hotline',
  /** The application ends the call. */
  'hangs-up': 'hotline',
  /** The call is handed back to the dialplan; the detail says where to. */
  exit: 'hotline',
  /** A registered number is called back. */
  dials: 'hotline',
  /** How the call ended (`CallOutcome`). */
  ended: 'hotline',
  /** Answers of the database, or `unavailable`, or `failed` by a fault of ours: on the opening, a code, a reset and its state, a call-back. */
  opening: 'database',
  code: 'database',
  refund: 'database',
  reset: 'database',
  'call-back': 'database',
  /** The PBX refused or did not answer; the detail is the name of the error. */
  fault: 'pbx',
} as const;

export type StepKind = keyof typeof laneOf;

export interface CallStep {
  /** Since the call arrived, ms. */
  readonly atMs: number;
  readonly kind: StepKind;
  /** From a vocabulary of ours: no digit that was keyed or spoken, no number. */
  readonly detail?: string;
  /** How long an answer took, ms. */
  readonly tookMs?: number;
}

/** Steps that there was no room for. */
export interface OmittedSteps {
  readonly atMs: number;
  readonly omitted: number;
}

/** Long enough for every detail of ours. Others, such as the name of an unexpected error, are cut. */
const maxDetail = 120;

/** One step as it is kept: `[12034,"code","mismatch",9]`. */
export function spellStep({ atMs, kind, detail, tookMs }: CallStep): string {
  const text = detail?.replace(/[^ -~]/g, '').slice(0, maxDetail);
  return JSON.stringify([
    atMs,
    kind,
    ...(text === undefined && tookMs === undefined ? [] : [text ?? '']),
    ...(tookMs === undefined ? [] : [tookMs]),
  ]);
}

/** Steps that were left out, as they are kept: `[12034,"...",17]`. */
export function spellOmitted({ atMs, omitted }: OmittedSteps): string {
  return JSON.stringify([atMs, '...', omitted]);
}

/** Several of them, as they are kept together. */
export function joinSteps(spelt: readonly string[]): string {
  return `[${spelt.join(',')}]`;
}

/** Reads what {@link joinSteps} has written. @throws SyntaxError */
export function readSteps(text: string): (CallStep | OmittedSteps)[] {
  return (JSON.parse(text) as [number, StepKind | '...', (string | number)?, number?][]).map(
    ([atMs, kind, detail, tookMs]) =>
      kind === '...'
        ? { atMs, omitted: Number(detail) }
        : {
            atMs,
            kind,
            ...(typeof detail === 'string' && detail !== '' && { detail }),
            ...(tookMs !== undefined && { tookMs }),
          },
  );
}
