import type { Command } from 'commander';

/** A command that does something, by all of its words: `hotline audit show`. */
export interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

/** Every command that help shows, but those that only hold others. */
export function commandsOf(command: Command, words: readonly string[] = [command.name()]): NamedCommand[] {
  if (command.commands.length === 0) return [{ name: words.join(' '), command }];
  const shown = command.createHelp().visibleCommands(command);
  return command.commands
    .filter((each) => shown.includes(each))
    .flatMap((each) => commandsOf(each, [...words, each.name()]));
}
