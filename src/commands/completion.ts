/** `hotline completion bash|zsh|fish` */
import { Argument, type Command } from 'commander';
import { completionScript, shells, type Shell } from './completion-script.ts';
import { HotlineCommand } from './hotline-command.ts';
import { print } from './print.ts';

export function completionCommand(): HotlineCommand {
  const command = new HotlineCommand('completion');
  command
    .summary('completion for your shell')
    .description(
      'print a script with which a shell completes commands, options and their values; in bash the package has it already',
    )
    .addArgument(new Argument('<shell>', 'the shell that will read it').choices(shells))
    .example(
      'hotline completion bash > ~/.hotline-completion',
      'source it in ~/.bashrc; likewise zsh, in ~/.zshrc',
    )
    .example('hotline completion fish | source', 'completion in this fish')
    .action((shell: Shell) => print(completionScript(programOf(command), shell)));
  return command;
}

function programOf(command: Command): Command {
  return command.parent === null ? command : programOf(command.parent);
}
