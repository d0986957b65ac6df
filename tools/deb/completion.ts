/** Completion of `hotline` in bash, from its commands and their options. */
import type { Command } from 'commander';
import { commandsOf } from './man-page.ts';

/** A script for /usr/share/bash-completion/completions: the words that may follow those before the cursor. */
export function bashCompletion(program: Command): string {
  const groups = Map.groupBy(
    commandsOf(program).flatMap(({ name }) => {
      const words = name.split(' ').slice(1);
      return words.map((word, index) => ({ before: words.slice(0, index).join(' '), word }));
    }),
    ({ before }) => before,
  );
  const options = commandsOf(program).map(({ name, command }) => ({
    before: name.split(' ').slice(1).join(' '),
    words: command.options.flatMap(({ long }) => long ?? []).concat('--help'),
  }));
  const cases = [
    ...[...groups].map(([before, found]) => ({ before, words: [...new Set(found.map(({ word }) => word))] })),
    ...options,
  ];
  return `# bash completion for hotline; made by tools/deb/completion.ts
_hotline() {
  local cur=\${COMP_WORDS[COMP_CWORD]} words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] || words+="\${words:+ }$word"
  done
  case $words in
${cases.map(({ before, words }) => `    '${before}') COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur")) ;;`).join('\n')}
    *) COMPREPLY=() ;;
  esac
}
complete -o default -F _hotline hotline
`;
}
