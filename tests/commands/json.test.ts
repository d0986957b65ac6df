/** Which commands report to programs, and what docs/commands.md says of each. */
import { program } from '../../src/cli.ts';
import { commandsOf } from '../../src/commands/named-commands.ts';
import { documentedNames, namesIn } from '../support/documented-names.ts';

/** Commands without `--json`, and why. */
const without: Readonly<Record<string, string>> = {
  run: 'runs until it is ended; shows its steps to a person',
  serve: 'runs until it is ended; its log is JSON where LOG_FORMAT says so',
  'sms-receiver': 'runs until it is ended; shows messages to a person',
  setup: 'asks a person, and shows what it will change; hotline doctor --json reports what came of it',
  completion: 'prints a script for a shell',
  'user add': 'its exit code says whether it was done; user list reports',
  'user disable': 'likewise',
  'user enable': 'likewise',
  'user role': 'likewise',
  'user password': 'likewise',
};

const commands = commandsOf(program).map(
  ({ name, command }) => [name.split(' ').slice(1).join(' '), command] as const,
);

test.each(commands)(
  'hotline %s has a --json that is documented, or a reason to have none',
  (name, command) => {
    const reports = command.options.some(({ long }) => long === '--json');
    expect({ reports, isDocumented: documentedNames.has(name), hasReason: name in without }).toEqual(
      reports
        ? { reports, isDocumented: true, hasReason: false }
        : { reports, isDocumented: false, hasReason: true },
    );
  },
);

test('no reason and no row of the document is about a command that is not there', () => {
  const names = commands.map(([name]) => name);
  expect(Object.keys(without).filter((name) => !names.includes(name))).toEqual([]);
  expect([...documentedNames.keys()].filter((name) => !names.includes(name.replace(' --by', '')))).toEqual(
    [],
  );
});

test('names are read from the document without values, and from JSON at every level', () => {
  expect([...documentedNames.get('doctor')!]).toEqual([
    ...['examined', 'toBeChanged', 'findings', 'check', 'verdict', 'found', 'change'],
  ]);
  expect([...namesIn({ a: [{ b: 1, c: null }], menu: { left: 2 } })]).toEqual(['a', 'b', 'c', 'menu']);
});
