/** Completion of `hotline` in a shell: its commands, their options, and what an option or an argument may be. */
import type { Command } from 'commander';
import { commandsOf, type NamedCommand } from './named-commands.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * Where a word is completed, and what it may be. `at`: the command, a blank, and the option whose value it is, or the
 * place of the argument from 0 on, or `-` for an option; `*` for any of these. The first that matches counts.
 */
interface Place {
  readonly at: string;
  readonly words: readonly string[];
}

interface Grammar {
  /** What may be typed to get to a command: the words so far, a blank, and the next one. */
  readonly steps: readonly string[];
  /** Options that a value follows: the command, a blank, and the option. */
  readonly valued: readonly string[];
  readonly places: readonly Place[];
}

/** A script to be sourced. Where anything may stand, the shell completes the names of files. */
export function completionScript(program: Command, shell: Shell): string {
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
  return `# completion for hotline; made by: hotline completion ${shell}\n${scripts[shell](grammarOf(program))}`;
}

function bashScript(grammar: Grammar): string {
  return `_hotline() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command='' nth=0 option='' offer='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${casesOf(grammar)}
  COMPREPLY=($(compgen -W "$offer" -- "$cur"))
}
complete -o default -F _hotline hotline
`;
}

function zshScript(grammar: Grammar): string {
  return `_hotline() {
  local cur=$words[CURRENT] command='' nth=0 option='' offer='' word
  for word in "\${(@)words[2,CURRENT-1]}"; do
${casesOf(grammar)}
  if [[ -n $offer ]]; then compadd -- \${=offer}; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _hotline hotline
`;
}

/** Words that bash and zsh share: reads the words before the cursor, and sets `offer`. */
function casesOf({ steps, valued, places }: Grammar): string {
  return `    if [[ -n $option ]]; then option=''; continue; fi
    case "$command $word" in
      ${valued.map(quote).join('|')}) option=$word ;;
      *' -'*) ;;
      ${steps.map(quote).join('|')}) command+=\${command:+ }$word ;;
      *) nth=$((nth + 1)) ;;
    esac
  done
  [[ $cur == -* ]] && nth=-
  case "$command \${option:-$nth}" in
${places.map(({ at, words }) => `    ${quote(at).replace("*'", "'*")}) offer='${words.join(' ')}' ;;`).join('\n')}
  esac`;
}

function fishScript({ steps, valued, places }: Grammar): string {
  return `function __hotline_complete
  set -l command ''
  set -l place 0
  set -l option ''
  set -l offer
  for word in (commandline -opc)[2..-1]
    if test -n "$option"
      set option ''
      continue
    end
    switch "$command $word"
      case ${valued.map(quote).join(' ')}
        set option $word
      case '* -*'
      case ${steps.map(quote).join(' ')}
        set command (string trim -- "$command $word")
      case '*'
        set place (math $place + 1)
    end
  end
  string match -q -- '-*' (commandline -ct); and set place -
  test -n "$option"; and set place $option
  switch "$command $place"
${places.map(({ at, words }) => `    case ${quote(at)}\n      set offer ${words.join(' ')}`).join('\n')}
  end
  if set -q offer[1]
    printf '%s\\n' $offer
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c hotline -f -a '(__hotline_complete)'
`;
}

function grammarOf(program: Command): Grammar {
  const commands = commandsOf(program).map(({ name, command }) => ({ name: withoutProgram(name), command }));
  const names = commands.map(({ name }) => name);
  const groups = [...new Set(names.flatMap(groupsAbove))];
  return {
    steps: [...groups.filter((group) => group !== ''), ...names].map(asTyped),
    valued: commands.flatMap(({ name, command }) =>
      command.options.filter(({ required }) => required).map(({ long }) => `${name} ${long}`),
    ),
    places: [
      ...commands.flatMap(choicePlaces),
      ...commands.flatMap(argumentPlaces),
      ...commands.map(optionPlace),
      ...groups.flatMap((group) => groupPlaces(group, names)),
    ],
  };
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
function choicePlaces({ name, command }: NamedCommand): Place[] {
  return command.options
    .filter(({ required }) => required)
    .map(({ long, argChoices = [] }) => ({ at: `${name} ${long}`, words: argChoices }));
}

function argumentPlaces({ name, command }: NamedCommand): Place[] {
  return command.registeredArguments.map(({ argChoices = [] }, nth) => ({
    at: `${name} ${nth}`,
    words: argChoices,
  }));
}

/** Wherever no argument is expected. */
function optionPlace({ name, command }: NamedCommand): Place {
  const shown = command.options.filter(({ hidden }) => !hidden);
  return { at: `${name} *`, words: [...shown.flatMap(({ long }) => long ?? []), '--help'] };
}

function groupPlaces(group: string, names: readonly string[]): Place[] {
  const below = names.filter((name) => groupsAbove(name).includes(group));
  const depth = group === '' ? 0 : group.split(' ').length;
  const next = new Set(below.map((name) => name.split(' ')[depth]!));
  const options = ['--help', ...(group === '' ? ['--version'] : [])];
  return [
    { at: `${group} 0`, words: [...next] },
    { at: `${group} -`, words: options },
  ];
}

function quote(text: string): string {
  return `'${text}'`;
}
