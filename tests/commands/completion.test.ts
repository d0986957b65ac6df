/** What bash offers after the words that were typed. */
import { execFileSync } from 'node:child_process';
import { program } from '../../src/cli.ts';
import { bashCompletion } from '../../tools/deb/completion.ts';
import { commandsOf } from '../../tools/deb/man-page.ts';

const script = bashCompletion(program);

/** What may follow, of which the last word is typed in part or not at all. */
function complete(words: readonly string[]): string[] {
  const line = ['hotline', ...words].map((word) => `'${word}'`).join(' ');
  const offer = `${script}
    COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _hotline; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', offer], { encoding: 'utf8' }).trim().split('\n');
}

test.each([
  [['dr'], ['drain']],
  [['rep'], ['report']],
  [['--'], ['--help', '--version']],
  [
    ['audit', 's'],
    ['seal', 'show'],
  ],
  [['audit', '--'], ['--help']],
  [
    ['account', ''],
    ['show', 'block', 'allow', 'forget'],
  ],
  [
    ['drain', ''],
    ['--within', '--json', '--help'],
  ],
  [['audit', 'show', '--un'], ['--until']],
  [['audit', 'show', '--since', '2026-11-25', '--un'], ['--until']],
  [['audit', 'show', '--code', '0123456789', '--un'], ['--until']],
  [['import', 'accounts.csv', '--rej'], ['--rejects']],
])('after hotline %j come %j', (words, expected) => {
  expect(complete(words)).toEqual(expected);
});

test.each([
  [
    ['report', '--language', ''],
    ['vi', 'en'],
  ],
  [['import', '--landlines-before-2017', 'k'], ['keep']],
  [['user', 'add', 'lan', '--role', 'v'], ['viewer']],
  [
    ['user', 'role', 'lan', ''],
    ['viewer', 'officer', 'admin'],
  ],
])('after hotline %j come the choices %j', (words, expected) => {
  expect(complete(words)).toEqual(expected);
});

test.each([[['import', '']], [['report', '--out', '']], [['import', 'a.csv', '--rejects', '']]])(
  'after hotline %j comes the name of a file, which bash knows',
  (words) => {
    expect(complete(words)).toEqual(['']);
    expect(script).toMatch(/^complete -o default -F _hotline hotline$/m);
  },
);

test('every command is offered with all of its options', () => {
  for (const { name, command } of commandsOf(program)) {
    const words = name.split(' ').slice(1);
    expect(complete(words)).toContain(words.at(-1));
    const options = command.options.flatMap(({ long, hidden }) => (hidden || !long ? [] : [long]));
    expect([name, ...complete([...words, '--'])]).toEqual([name, ...options, '--help']);
  }
});
