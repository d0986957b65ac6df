/** The manual page of `hotline`, from its `--help`: man(7), one section a command. */
import type { Command } from 'commander';
import { HotlineCommand } from '../../src/commands/hotline-command.ts';
import { commandsOf } from '../../src/commands/named-commands.ts';

/** @param date of the page, `2026-11-29` */
export function manPage(program: Command, version: string, date: string): string {
  const commands = commandsOf(program);
  return [
    `.TH HOTLINE 1 ${date} "hotline ${version}" "User Commands"`,
    '.SH NAME',
    `hotline \\- ${escape(lowerFirst(program.description()))}`,
    '.SH SYNOPSIS',
    ...commands.flatMap(({ name, command }) => ['.B', `${escape(name)} ${escape(command.usage())}`, '.br']),
    '.SH COMMANDS',
    ...commands.flatMap(({ name, command }) => [
      '.SS ' + escape(`${name} ${command.usage()}`),
      escape(command.description()),
      ...command.options
        .filter(({ hidden }) => !hidden)
        .flatMap(({ flags, description }) => ['.TP', `.B ${escape(flags)}`, escape(description)]),
      ...examplesOf(command),
    ]),
    '.SH FILES',
    ...files.flatMap(([file, what]) => ['.TP', `.I ${escape(file)}`, escape(what)]),
    '.SH EXIT STATUS',
    '0 when it is done; 1 when it failed, with one sentence why; 2 for wrong usage or settings. Others: /usr/share/doc/hotline/commands.md',
    '.SH SEE ALSO',
    '/usr/share/doc/hotline/admin.md, .BR systemctl (1), .BR asterisk (8)',
    '',
  ].join('\n');
}

const files: readonly (readonly [file: string, what: string])[] = [
  ['/etc/hotline/hotline.env', 'settings of the application, one NAME=value a line'],
  ['/etc/hotline/owner.env', "the owner of the database's schema, for migrate, import and audit prune"],
  ['/var/lib/hotline', 'what a successor needs to know of calls that are under way'],
  ['/var/log/hotline', 'log of the application'],
  ['/usr/share/hotline/asterisk', 'files for the PBX'],
  ['/usr/share/hotline/sounds', 'recordings'],
  ['/usr/share/hotline/prometheus', 'alert rules'],
  ['/usr/share/hotline/grafana', 'dashboard'],
];

function examplesOf(command: Command): string[] {
  if (!(command instanceof HotlineCommand)) return [];
  const { examples } = command;
  const title = examples.length === 0 ? [] : ['.PP', examples.length === 1 ? 'Example:' : 'Examples:'];
  return [...title, ...examples.flatMap(({ line, does }) => ['.TP', `.B ${escape(line)}`, escape(does)])];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Nothing of it is a request or an escape; hyphens and quotation marks stay what they are. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replace(/^\./gm, '\\&.');
}
