/** The tables of docs/settings.md, from the settings and from what each command says it reads. */
import { program } from '../../src/cli.ts';
import { HotlineCommand } from '../../src/commands/hotline-command.ts';
import { describeSettings, type SettingDescription, type SettingName } from '../../src/config.ts';

/** The settings that must be set first, then the others by group. */
export function settingsTables(): string {
  const readers = settingReaders();
  const [required, optional] = [true, false].map((must) =>
    describeSettings().filter((setting) => (setting.default === 'required') === must),
  ) as [SettingDescription[], SettingDescription[]];
  const groups = Object.entries(Object.groupBy(optional, ({ group }) => group));
  return [
    '## Required by the commands that read them',
    table(['variable', 'allowed', 'meaning', 'read by'], required, readers),
    ...groups.flatMap(([group, members = []]) => [
      `## ${group}`,
      table(['variable', 'default', 'allowed', 'meaning', 'read by'], members, readers),
    ]),
  ].join('\n\n');
}

function table(
  columns: readonly string[],
  settings: readonly SettingDescription[],
  readers: ReadonlyMap<SettingName, readonly string[]>,
): string {
  const rows = settings.map(({ name, default: value, allowed, meaning }) => {
    const shown = value === '' ? 'empty' : `\`${value}\``;
    const cells = columns.includes('default') ? [shown, allowed] : [allowed];
    return row([`\`${name}\``, ...cells, meaning, readers.get(name)?.join(', ') ?? '']);
  });
  return [row(columns), `|${'---|'.repeat(columns.length)}`, ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The commands that read each setting, as `audit seal`. */
function settingReaders(): Map<SettingName, string[]> {
  const readers = new Map<SettingName, string[]>();
  const visit = (command: HotlineCommand, path: readonly string[]) => {
    for (const name of command.settings) readers.set(name, [...(readers.get(name) ?? []), path.join(' ')]);
    for (const below of command.commands)
      if (below instanceof HotlineCommand) visit(below, [...path, below.name()]);
  };
  visit(program, []);
  return readers;
}
