/** What an officer is told about a call: the same sentences on the console's pages and in docs/complaints.md. */
import { isOtherBranch } from '../../registry/call-stage.ts';
import { recogniseReason } from './recognise-reason.ts';
import { situations } from './situations.ts';
import type { AdviceWords, Explained, Told, Verdict } from './words.ts';

/** What to answer when a citizen complains about a call. */
export interface Advice extends Told {
  /** Which password works after the call. */
  readonly password: string;
}

/**
 * Null for a reason that is not in situations.ts, as an earlier or later version may have recorded.
 *
 * @param branch in which the caller was; null: not known
 * @example adviceFor(english, 'limited', 'all lines are busy (3 calls in this row)')?.password // 'old'
 */
export function adviceFor(
  words: AdviceWords,
  outcome: string,
  reason: string,
  branch: string | null = null,
): Advice | null {
  const recognised = recogniseReason(outcome, reason);
  if (recognised === null) return null;
  // Who hung up in another branch missed no password.
  const situation = outcome === 'hung-up' && isOtherBranch(branch) ? 'served' : recognised.situation;
  return { password: words.passwords[situations[situation].password], ...words.situations[situation] };
}

/** A few words for a cell or a legend. */
export function outcomeName(words: AdviceWords, outcome: string): string {
  return find(words.outcomes, outcome) ?? outcome;
}

/**
 * As recorded where the language has no words for it.
 *
 * @example reasonName(vietnamese, 'not-answered', 'refused by the carrier: SIP 503') // 'nhà mạng từ chối: SIP 503'
 */
export function reasonName(words: AdviceWords, outcome: string, recorded: string): string {
  const recognised = recogniseReason(outcome, recorded);
  if (words.reasons === null || recognised === null) return recorded;
  const { reason, differs, sharedBy } = recognised;
  const name = words.reasons.names[reason].replace('…', () => differs);
  return sharedBy === '' ? name : `${name} (${words.reasons.sharedBy(sharedBy)})`;
}

/** @param verdict null: the number was not judged, or was called back */
export function explainVerdict(words: AdviceWords, verdict: string | null): Explained {
  const name = verdict ?? ('notJudged' satisfies Verdict);
  return find(words.verdicts, name) ?? { name, means: '' };
}

/** The word of that name; undefined without one. */
export function find<Word>(words: Readonly<Record<string, Word>>, name: string): Word | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
