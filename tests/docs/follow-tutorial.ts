/** Does what docs/tutorial.md has a developer do, to the letter, in a copy of this checkout. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshCheckout } from '../local/fresh-checkout.ts';
import { commandsOf, snippet, snippets } from '../support/book.ts';

const document = 'tutorial.md';

/** The commands of a section, one a line. */
export const commandsIn = (heading: string): string[] =>
  snippets(document, heading, 'sh').flatMap(commandsOf);

/**
 * Steps 1 to 4 without their commands: the copy has the prompt, the branch, its line of the dialplan and its test.
 *
 * @returns the copy, in a folder of its own that the test removes
 */
export function writeBranch(): string {
  const copy = freshCheckout();
  appendFileSync(join(copy, 'sounds/vi/prompts.yaml'), snippet(document, '## 1. The prompt', 'yaml'));
  writeFileSync(
    join(copy, 'src/hotline/branches/office-hours.ts'),
    snippet(document, '## 2. The file', 'ts'),
  );
  const site = join(copy, 'asterisk-config/extensions-site.conf');
  const heading = '[hotline-site-branches]\n';
  const before = readFileSync(site, 'utf8');
  writeFileSync(site, before.replace(`\n${heading}`, () => `\n${heading}${snippet(document, '## 3. The line', 'ini')}`)); // prettier-ignore
  writeFileSync(join(copy, 'tests/hotline/office-hours.test.ts'), snippet(document, '## 4. A test', 'ts'));
  return copy;
}

/** Step 6 without its commands, upon {@link writeBranch}. */
export function writeQuestion(copy: string): void {
  const step = '## 6. A question';
  const [branch = '', ownTest = ''] = snippets(document, step, 'ts');
  appendFileSync(join(copy, 'sounds/vi/prompts.yaml'), snippet(document, step, 'yaml'));
  writeFileSync(join(copy, 'src/hotline/branches/request-status.ts'), branch);
  writeFileSync(join(copy, 'tests/hotline/request-status.test.ts'), ownTest);
  const site = join(copy, 'asterisk-config/extensions-site.conf');
  const line = snippet(document, '## 3. The line', 'ini');
  const before = readFileSync(site, 'utf8');
  writeFileSync(
    site,
    before.replace(line, () => line + snippet(document, step, 'ini')),
  );
}

/** Runs a command of the tutorial in the copy. */
export function runIn(copy: string, command: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: copy, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}
