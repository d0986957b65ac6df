/** What the documents say can be found: files, commands, settings, tests, and the parts made from the code. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeSettings } from '../../src/config.ts';
import { currentText, documents } from '../../tools/docs/generated-parts.ts';

const checkout = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(checkout, file), 'utf8');
const files = [
  'README.md',
  ...readdirSync(join(checkout, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

/** All first groups of a pattern. */
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found]) => found!);

const [plots, texts] = [true, false].map((isPlot) =>
  documents.filter((name) => name.endsWith('.svg') === isPlot),
) as [string[], string[]];

// Not plots: Observable Plot draws half a pixel elsewhere where it finds a test runner. The process below tells.
test.each(texts)('the generated parts of %s match the code (if not: make docs)', async (document) => {
  expect(read(document)).toBe(await currentText(document));
});

describe('make docs --check, as a process of its own', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hotline-docs-'));
    for (const document of documents)
      cpSync(join(checkout, document), join(root, document), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const check = () =>
    spawnSync(process.execPath, ['tools/docs/generate.ts', '--check', '--root', root], {
      cwd: checkout,
      encoding: 'utf8',
    });

  test('exits with 0 when every generated part is current', () => {
    expect(check()).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([...texts, plots[0]!])(
    'exits with 1 and names %s when a generated part of it is out of date',
    (document) => {
      const file = join(root, document);
      const text = readFileSync(file, 'utf8');
      const partOf = text.includes('<!-- end: ') ? '<!-- end: ' : /^/; // or the whole
      const stale = text.replace(partOf, 'out of date\n\n$&');
      writeFileSync(file, stale);
      expect(check()).toMatchObject({ status: 1, stderr: `${document} is out of date: run make docs\n` });
      expect(readFileSync(file, 'utf8')).toBe(stale);
    },
  );
});

const commands = listCommands();

describe.each(files)('in %s', (file) => {
  const text = read(file);

  test('every link leads to a file, and to a heading where it names one', () => {
    const broken = all(withoutCode(text), /\]\(([^)]+)\)/g).filter(
      (link) => !/^https?:/.test(link) && !leadsSomewhere(file, link),
    );
    expect(broken).toEqual([]);
  });

  test('every command exists', () => {
    expect(
      all(codeOf(text), /(?:^|[^\w-])make ([a-z]+)/gm).filter((target) => !makeTargets().includes(target)),
    ).toEqual([]);
    const called = all(codeOf(text), /(?:^|[\s/])hotline ((?:(?:pbx|audit) )?[a-z][a-z-]*)/gm);
    expect(called.filter((command) => !commands.includes(command) && !notCommands.includes(command))).toEqual(
      [],
    );
  });

  test('no command is called through npx, which asks a public registry outside a checkout', () => {
    expect(text.split('\n').filter((line) => line.includes('npx hotline'))).toEqual([]);
  });

  test('every file named by its path in the repository exists', () => {
    const paths = all(text, /`((?:src|tests|tools|docs|asterisk-config|sounds|docker)\/[\w./-]*)`/g);
    expect(paths.filter((path) => !existsSync(join(checkout, path)) && !mayBeMissing.includes(path))).toEqual(
      [],
    );
  });

  test('every setting exists', () => {
    const known = [...describeSettings().map(({ name }) => name), 'SOFTPHONE_PASSWORD'];
    // Settings of Docker's build and of MySQL are not ours.
    expect(
      all(
        text,
        /\b((?:DATABASE|ARI|AMI|HTTP|LOG|BHXH|PASSWORD|FIRST|INTERDIGIT|SOFTPHONE|JOURNAL|HASH|AUDIT|ENTRIES|MISMATCHES|RESETS|CALLS?|SMS|MAX|DRAIN)_[A-Z_]+)\b/g,
      ).filter((name) => !known.includes(name)),
    ).toEqual([]);
  });

  test('every quoted test is in the file that the link before it names', () => {
    expect(quotedTests(text).filter((quoted) => !isThere(dirname(file), quoted))).toEqual([]);
  });
});

test('a quoted test that was renamed, or is only part of a title, is reported', () => {
  const quoting = (title: string) =>
    quotedTests(`| a threat | a control | [flood.test.ts](../tests/flood/flood.test.ts) «${title}» |`);
  const [title] = all(read('tests/flood/flood.test.ts'), /\btest\(\s*'([^']{40,})'/g);
  expect(quoting(title!).map((quoted) => isThere('docs', quoted))).toEqual([true]);
  expect(quoting(`not ${title}`).map((quoted) => isThere('docs', quoted))).toEqual([false]);
  expect(quoting(title!.slice(0, 30)).map((quoted) => isThere('docs', quoted))).toEqual([false]);
});

test.each([
  ['threat', 'security.md', 'Threats', 30],
  ['promise', 'security.md', 'Promises', 20],
  ['invariant', 'call-flow.md', 'Invariants', 7],
])('every %s in docs/%s has three columns, with a quoted test in the last', (_what, file, heading, least) => {
  const rows = read(`docs/${file}`)
    .split('\n## ')
    .find((section) => section.startsWith(`${heading}\n`))!
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1);
  expect(rows.length).toBeGreaterThan(least);
  for (const row of rows) {
    const [, subject, middle, proof] =
      row.split(' | ').length === 3 ? /^\| (.+) \| (.+) \| (.+) \|$/.exec(row)! : [];
    expect([row, subject, middle]).not.toContain(undefined);
    expect([row, quotedTests(proof ?? '').length > 0]).toEqual([row, true]);
  }
});

test('the list of decisions names every one of them with its number and title', () => {
  const decisions = readdirSync(join(checkout, 'docs/adr')).filter((name) => /^\d/.test(name));
  const rows = decisions.sort().map((name) => {
    const [, number, title] = /^# (\d+)\. (.*)/.exec(read(`docs/adr/${name}`)) ?? [];
    expect(Number(number)).toBe(Number(name.slice(0, 4)));
    return `| [${number}](${name}) | ${title} |`;
  });
  expect(read('docs/adr/README.md').trim().split('\n').slice(-rows.length)).toEqual(rows);
});

test('README fits a short read', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(130);
});

test('every file at the top of the repository is named in README, and every one it names is there', () => {
  const text = read('README.md');
  const top = readdirSync(checkout, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  const named = all(text, /\[([\w.-]+)\]\(\1\)/g);
  expect(top.filter((name) => !named.includes(name) && !explained.includes(name))).toEqual([]);
  expect(named.filter((name) => !top.includes(name))).toEqual([]);
});

test('every name that the glossary gives for the code is found there', () => {
  const rows = read('docs/glossary.md')
    .split('\n')
    .filter((line) => line.startsWith('| **'))
    .map((line) => line.split(' | '));
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.filter((cells) => cells.length !== 4)).toEqual([]);
  const sources = sourceTexts();
  const names = rows.flatMap((cells) => all(cells[2]!, inlineCode)).filter((name) => !name.includes('/'));
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
});

/** Inline code that begins with `hotline` and is no command: what `make run` prints. */
const notCommands: readonly string[] = ['ready'];
/** Files at the top that need no word in README. */
const explained: readonly string[] = ['README.md', 'package-lock.json'];
/** Places an admin makes, and the recordings of a real voice. */
const mayBeMissing: readonly string[] = ['sounds/vi/recorded/'];

function leadsSomewhere(file: string, link: string): boolean {
  const [path, heading] = link.split('#') as [string, string?];
  const target = path === '' ? file : join(dirname(file), path);
  if (!existsSync(join(checkout, target))) return false;
  return (
    heading === undefined ||
    all(read(target), /^#+ (.*)/gm).some(
      (title) =>
        title
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-') === heading,
    )
  );
}

const inlineCode = /`([^`\n]+)`/g;
const withoutCode = (text: string): string =>
  text.replaceAll(inlineCode, '').replaceAll(/^```[^]*?^```/gm, '');

/** Commands: what stands in backticks, and blocks for a shell without their comments. */
function codeOf(text: string): string {
  const blocks = all(text, /^```sh\n([^]*?)^```/gm).map((block) => block.replaceAll(/#.*/g, ''));
  return [...all(text.replaceAll(/^```[^]*?^```/gm, ''), inlineCode), ...blocks].join('\n');
}

interface QuotedTest {
  /** As the document's link has it. */
  readonly link: string;
  readonly title: string;
}

/** What stands in a document as `[name](../tests/x.test.ts) «title», «another title»`. */
function quotedTests(text: string): QuotedTest[] {
  return [...text.matchAll(/\]\(([^)\s]+\.ts)\)((?:,? «[^»\n]+»)+)/g)].flatMap(([, link, quotes]) =>
    all(quotes!, /«([^»]+)»/g).map((title) => ({ link: link!, title })),
  );
}

/** Whether the file has the title, whole, between its quotation marks. */
function isThere(folder: string, { link, title }: QuotedTest): boolean {
  const path = join(checkout, folder, link);
  const tests = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((literal) => tests.includes(literal));
}

function makeTargets(): string[] {
  return /^\.PHONY: (.*)$/m.exec(read('Makefile'))![1]!.split(' ');
}

/** All code that the glossary's names may come from. */
function sourceTexts(): string {
  return ['src', 'asterisk-config', 'tests/support']
    .flatMap((folder) =>
      readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter((name) => /\.(ts|sql|conf)$/.test(name))
    .map(read)
    .join('\n');
}

/** From the program's own help. */
function listCommands(): string[] {
  const list = (...words: string[]) => {
    const { stdout } = spawnSync(process.execPath, ['src/cli.ts', ...words, '--help'], {
      cwd: checkout,
      encoding: 'utf8',
    });
    return all(stdout.split('Commands:')[1] ?? '', /^ {2}([a-z][a-z-]*)/gm);
  };
  return [
    ...list(),
    ...['pbx', 'audit', 'account'].flatMap((noun) => list(noun).map((name) => `${noun} ${name}`)),
  ];
}
