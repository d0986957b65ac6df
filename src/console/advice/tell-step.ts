/** The steps of a call in an officer's words, as they stand in its timeline. */
import type { CallStep, OmittedSteps, StepKind } from '../../registry/call-steps.ts';
import { find, outcomeName } from './advice.ts';
import type { AdviceWords, StepWords } from './words.ts';

/**
 * Without its time, lane and `tookMs`. A word that the language has not is shown as recorded.
 *
 * @example tellStep(english, { atMs: 0, kind: 'says', detail: 'password-intro 8 digits' }) // 'says: write down the new password, 8 digits'
 */
export function tellStep(words: AdviceWords, step: CallStep | OmittedSteps): string {
  const { steps } = words;
  if ('omitted' in step) return steps.omitted(step.omitted);
  const { kind, detail = '' } = step;
  const tellDetail = find(detailTellers, kind) ?? tellNoAnswer;
  const answers: Readonly<Record<string, string>> = find(steps.answers, kind) ?? {};
  const phrase = find(answers, detail) ?? find(steps.kinds, kind) ?? `${kind} …`;
  return detail === '' ? phrase.replace(': …', '') : phrase.replace('…', () => tellDetail(words, detail));
}

/** Of the kinds whose details have words of their own. */
const detailTellers: { readonly [Kind in StepKind]?: (words: AdviceWords, detail: string) => string } = {
  says: tellSentence,
  identity: ({ verdicts }, detail) => find(verdicts, detail)?.name ?? detail,
  ended: outcomeName,
  gone: ({ reasons }, detail) => find(reasons?.names ?? {}, detail) ?? detail,
  fault: ({ steps }, detail) => find(steps.faults, detail) ?? detail,
};

/** @param spoken as `spokenIn` of call/prompts.ts has it: `changed 8 digits goodbye` */
function tellSentence({ steps }: AdviceWords, spoken: string): string {
  return spoken
    .replaceAll(' digits', '-digits')
    .split(' ')
    .map((part) => tellPart(steps, part))
    .join(', ');
}

function tellPart({ prompts, digits }: StepWords, part: string): string {
  return part.endsWith('-digits') ? digits(parseInt(part, 10)) : (find(prompts, part) ?? part);
}

function tellNoAnswer({ steps }: AdviceWords, detail: string): string {
  return find(steps.noAnswers, detail) ?? detail;
}
