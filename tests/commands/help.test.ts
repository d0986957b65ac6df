/** Examples in the help of every command, and in the manual page. */
import { CommanderError, type Command } from 'commander';
import { program } from '../../src/cli.ts';
import { type HotlineCommand } from '../../src/commands/hotline-command.ts';
import { commandsOf } from '../../src/commands/named-commands.ts';
import { manPage } from '../../tools/deb/man-page.ts';

/** Commands that do something, with all of their words. */
const commands = commandsOf(program).map(({ name, command }) => [name, command as HotlineCommand] as const);
const examples = commands.flatMap(([name, { examples: own }]) =>
  own.map(({ line }) => [line, name] as const),
);

/** The words of a line as a shell takes them apart, without what is redirected. */
function wordsOf(line: string): string[] {
  const [typed = ''] = line.split(/ [<>|] /);
  return [...typed.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, one, two, three]) => one ?? two ?? three!);
}

/** Parses a line, and runs nothing. Returns the command that would run. */
async function parse(line: string): Promise<string> {
  const ran: string[] = [];
  for (const [name, command] of commands) command.action(() => void ran.push(name));
  const [first, ...words] = wordsOf(line);
  expect(first).toBe('hotline');
  await program.parseAsync(words, { from: 'user' });
  return ran.join();
}

/** Wrong usage is an error here, and ends no process. */
function throwOnError(command: Command): void {
  command.exitOverride((error) => {
    throw error;
  });
  command.configureOutput({ writeErr: () => undefined });
  command.commands.forEach(throwOnError);
}

beforeAll(() => throwOnError(program));

test.each(commands)('%s has examples in its help and in the manual page', (_name, command) => {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  expect(command.examples).not.toEqual([]);
  for (const { line, does } of command.examples) expect(help).toContain(`  ${line}\n      ${does}\n`);
  const page = manPage(program, '0.1.0', '2026-11-29');
  for (const { does } of command.examples)
    expect(page).toContain(`\n${does.replaceAll('-', '\\-').replaceAll("'", '\\(aq')}\n`);
});

test('the list of all commands takes a line each, and no more than a screen', () => {
  const lines = program.helpInformation().split('\n');
  expect(lines.filter((line) => /^ {5,}/.test(line))).toEqual([]); // continued
  expect(lines.length).toBeLessThan(32);
});

test.each(examples)('%s is what %s takes', async (line, name) => {
  expect(await parse(line)).toBe(name);
});

test.each([
  ['hotline report --day today --verbose', "unknown option '--verbose'"],
  ['hotline report --day today --language fr', 'Allowed choices are vi, en'],
  ['hotline report --day today --from today', 'cannot be used with option'],
  ['hotline audit prune', "required option '--before <date>' not specified"],
  ['hotline import', "missing required argument 'accounts.csv'"],
  ['hotline pbx stop', "unknown command 'stop'"],
])('an example %j would be found', async (line, fault) => {
  const error: unknown = await parse(line).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CommanderError);
  expect((error as CommanderError).message).toContain(fault);
});

test('the manual page keeps quotation marks of examples', () => {
  const page = manPage(program, '0.1.0', '2026-11-29');
  expect(page).toContain('\\-\\-noted \\(dq$(cat noted\\-seal)\\(dq\n');
});
