/** The names that docs/commands.md gives for the JSON of each command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const text = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8');
const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, found]) => found!);

/** By command, as `audit show`; with `--by` that has a row of its own, `audit show --by`. */
export const documentedNames: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  text
    .split('\n')
    .filter((line) => line.startsWith('| `hotline ') && line.includes('--json`'))
    .flatMap((line) => {
      const [, commands = '', names = ''] =
        line.split(' | ').length === 2 ? /^\| (.+) \| (.+) \|$/.exec(line)! : [];
      // What stands in brackets are values, and words about them.
      const found = new Set(
        quoted(names.replaceAll(/\([^)]*\)/g, '')).filter((name) => !name.startsWith('--')),
      );
      return quoted(commands).map(
        (command) => [command.replace('hotline ', '').replace(' --json', ''), found] as const,
      );
    }),
);

/** What stands below these is counted by words, not by names. */
const byWord = ['outcomes', 'menu', 'funnel', 'gaveUp'];

/** The names in a document, at every level. */
export function namesIn(value: unknown): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((each) => [...namesIn(each)]));
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([name, below]) => [
      name,
      ...(byWord.includes(name) ? [] : namesIn(below)),
    ]),
  );
}
