import { Command } from 'commander';
import type { SettingName } from '../config.ts';

/** What to type, and what that does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/**
 * A command that knows which settings it reads, for docs/settings.md, and how it is used, for its help and the
 * manual page. Wrong usage shows the command's help and ends the process with 2.
 *
 * Actions import their work when they run, so that `hotline --help` is quick.
 */
export class HotlineCommand extends Command {
  readonly settings: readonly SettingName[];
  readonly examples: Example[] = [];

  constructor(name: string, settings: readonly SettingName[] = []) {
    super(name);
    this.settings = settings;
    this.showHelpAfterError().exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
    this.addHelpText('after', () => describeExamples(this.examples));
  }

  /** Adds an example to the help. @param line as it is typed, from `hotline` on */
  example(line: string, does: string): this {
    this.examples.push({ line, does });
    return this;
  }
}

function describeExamples(examples: readonly Example[]): string {
  if (examples.length === 0) return '';
  const lines = examples.map(({ line, does }) => `  ${line}\n      ${does}`);
  return `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${lines.join('\n')}`;
}
