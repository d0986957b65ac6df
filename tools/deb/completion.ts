/** Completion of `hotline` in bash: its commands, their options, and what an option or an argument may be. */
import type { Command } from 'commander';
import { commandsOf, type NamedCommand } from './man-page.ts';

/**
 * A script for /usr/share/bash-completion/completions: the words that may follow those before the cursor. Where
 * anything may stand, bash completes the names of files.
 */
export function bashCompletion(program: Command): string {
  const commands = commandsOf(program).map(({ name, command }) => ({ name: withoutProgram(name), command }));
  const names = commands.map(({ name }) => name);
  const groups = [...new Set(names.flatMap(groupsAbove))];
  const places = [
    ...commands.flatMap(argumentPlaces),
    ...commands.map(optionPlace),
    ...groups.flatMap((group) => groupPlaces(group, names)),
  ];
  return `# bash completion for hotline; made by tools/deb/completion.ts
_hotline() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command='' nth=0 option='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $option ]]; then option=''; continue; fi
    case "$command $word" in
      ${commands.flatMap(valueOptions).map(quote).join('|')}) option=$word ;;
      *' -'*) ;;
      ${[...groups.filter((group) => group !== ''), ...names].map(asTyped).map(quote).join('|')}) command+=\${command:+ }$word ;;
      *) nth=$((nth + 1)) ;;
    esac
  done
  [[ $cur == -* ]] && nth=-
  case "$command \${option:-$nth}" in
${[...commands.flatMap(choicePlaces), ...places].join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _hotline hotline
`;
}

function withoutProgram(name: string): string {
  return name.split(' ').slice(1).join(' ');
}

/** `audit show`: the top, and `audit`. */
function groupsAbove(name: string): string[] {
  const words = name.split(' ');
  return words.map((_, count) => words.slice(0, count).join(' '));
}

/** A command and the word that makes it one, with a blank between them: the first has none before it. */
function asTyped(name: string): string {
  return name.includes(' ') ? name : ` ${name}`;
}

/** Options that are followed by a value, as `report --day`. */
function valueOptions({ name, command }: NamedCommand): string[] {
  return command.options.filter(({ required }) => required).map(({ long }) => `${name} ${long}`);
}

function choicePlaces({ name, command }: NamedCommand): string[] {
  return command.options
    .filter(({ required }) => required)
    .map(({ long, argChoices = [] }) => place(quote(`${name} ${long}`), argChoices));
}

function argumentPlaces({ name, command }: NamedCommand): string[] {
  return command.registeredArguments.map(({ argChoices = [] }, at) =>
    place(quote(`${name} ${at}`), argChoices),
  );
}

/** Wherever no argument is expected. */
function optionPlace({ name, command }: NamedCommand): string {
  const shown = command.options.filter(({ hidden }) => !hidden);
  return place(`'${name} '*`, [...shown.flatMap(({ long }) => long ?? []), '--help']);
}

function groupPlaces(group: string, names: readonly string[]): string[] {
  const below = names.filter((name) => groupsAbove(name).includes(group));
  const depth = group === '' ? 0 : group.split(' ').length;
  const next = new Set(below.map((name) => name.split(' ')[depth]!));
  const options = ['--help', ...(group === '' ? ['--version'] : [])];
  return [place(quote(`${group} 0`), [...next]), place(quote(`${group} -`), options)];
}

/** A branch of bash's `case`. */
function place(pattern: string, words: readonly string[]): string {
  return `    ${pattern}) words='${words.join(' ')}' ;;`;
}

function quote(text: string): string {
  return `'${text}'`;
}
