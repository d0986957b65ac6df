/** The tables of docs/complaints.md, from what an officer is told about a call. */
import { english } from '../../src/console/advice/en.ts';
import { situations, type SituationName } from '../../src/console/advice/situations.ts';
import { vietnamese } from '../../src/console/advice/vi.ts';
import type { AdviceWords, CallDetail, Verdict } from '../../src/console/advice/words.ts';

interface Language {
  readonly words: AdviceWords;
  readonly headings: { readonly [table in 'details' | 'verdicts' | 'outcomes']: readonly string[] };
}

const languages: Readonly<Record<'vietnamese' | 'english', Language>> = {
  vietnamese: {
    words: vietnamese,
    headings: {
      details: ['trong dòng', 'nghĩa là'],
      verdicts: ['mức tin cậy', 'nghĩa là'],
      outcomes: ['kết quả', 'lý do', 'mật khẩu', 'việc đã xảy ra', 'nên nói với người dân'],
    },
  },
  english: {
    words: english,
    headings: {
      details: ['in the line', 'it means'],
      verdicts: ['how far believed', 'it means'],
      outcomes: ['outcome', 'reason', 'password', 'what happened', 'tell the citizen'],
    },
  },
};

/** As `audit show` prints them. */
const shownDetails: Readonly<Record<CallDetail, readonly string[]>> = {
  branch: ['branch office-hours'],
  validUntil: ['until 15:03:31'],
  noExpiry: ['does not expire'],
  mismatches: ['1 mismatch', '2 mismatches'],
  incompleteCodes: ['1 incomplete code', '2 incomplete codes'],
  silences: ['1 silence', '2 silences'],
  readingBegun: ['the first reading had begun'],
};

/** By the name in their marks. */
export const adviceTables: Readonly<Record<string, () => Promise<string>>> = Object.fromEntries(
  Object.entries(languages).flatMap(([name, language]) => [
    [`details-${name}`, async () => detailsTable(language)],
    [`verdicts-${name}`, async () => verdictsTable(language)],
    [`outcomes-${name}`, async () => outcomesTable(language)],
  ]),
);

function detailsTable({ words, headings }: Language): string {
  const details = Object.keys(shownDetails) as CallDetail[];
  return table(
    headings.details,
    details.map((detail) => [code(shownDetails[detail]), words.details[detail].means]),
  );
}

/** Verdicts that mean the same share a row. */
function verdictsTable({ words, headings }: Language): string {
  const verdicts = Object.keys(words.verdicts) as Verdict[];
  const rows = Map.groupBy(verdicts, (verdict) => words.verdicts[verdict].means);
  const shown = (verdict: Verdict) => (verdict === 'notJudged' ? '-' : verdict);
  return table(
    headings.verdicts,
    [...rows].map(([means, alike]) => [code(alike.map(shown)), means]),
  );
}

function outcomesTable({ words, headings }: Language): string {
  return table(
    headings.outcomes,
    (Object.keys(situations) as SituationName[]).map((name) => {
      const { outcome, reasons, password } = situations[name];
      const { happened, say } = words.situations[name];
      return [code([outcome]), code(reasons), words.passwords[password], happened, say];
    }),
  );
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(headings), `|${'---|'.repeat(headings.length)}`, ...rows.map(row)].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}
