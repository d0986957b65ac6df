/** What a shell offers after the words that were typed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../../src/cli.ts';
import { completionScript, shells } from '../../src/commands/completion-script.ts';
import { commandsOf } from '../../src/commands/named-commands.ts';

const script = completionScript(program, 'bash');
const hotline = join(import.meta.dirname, '../../hotline');

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
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
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

test('a checkout is completed by what its command prints, in the line of the documentation', () => {
  const documented = 'source <(./hotline completion bash)';
  const page = readFileSync(join(hotline, '../docs/commands.md'), 'utf8');
  expect(page).toContain(documented);
  const line = `cd ${join(hotline, '..')}; ${documented}
    COMP_WORDS=(./hotline rep); COMP_CWORD=1; _hotline; echo "\${COMPREPLY[@]}"; complete -p hotline`;
  expect(execFileSync('bash', ['-c', line], { encoding: 'utf8' })).toBe(
    'report\ncomplete -o default -F _hotline hotline\n',
  );
});

test.each(shells)(
  'the script for %s has every command, and no fault of grammar where that shell is here',
  (shell) => {
    const printed = completionScript(program, shell);
    for (const { name, command } of commandsOf(program)) {
      expect(printed).toContain(name.split(' ').slice(1).join(' '));
      for (const { long, hidden } of command.options) if (!hidden) expect(printed).toContain(long);
    }
    const { error, stderr } = spawnSync(shell, ['-n'], { input: printed, encoding: 'utf8' });
    if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT')
      expect([error, stderr]).toEqual([undefined, '']);
  },
);

test('an unknown shell is told which are known', () => {
  const { status, stdout, stderr } = spawnSync(hotline, ['completion', 'tcsh'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^hotline: .*'tcsh' is invalid .*bash, zsh, fish\.$/m);
});
