import { Command, type ErrorOptions } from 'commander';
import type { SettingName } from '../config.ts';

/** What to type, and what that does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/**
 * A command that knows which settings it reads, for docs/settings.md, and how it is used, for its help and the
 * manual page. Wrong usage is told in a line, names the help and ends the process with 2.
 *
 * Actions import their work when they run, so that `hotline --help` is quick.
 */
export class HotlineCommand extends Command {
  readonly settings: readonly SettingName[];
  readonly examples: Example[] = [];

  constructor(name: string, settings: readonly SettingName[] = []) {
    super(name);
    this.settings = settings;
    this.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
    this.configureOutput({
      outputError: (text, write) => write(text.replace(/^error:/, 'hotline:')),
    });
    this.addHelpText('after', () => describeExamples(this.examples));
  }

  /** The help itself would push the error out of sight. */
  override error(message: string, options?: ErrorOptions): never {
    this.showHelpAfterError(
      `${this.#words} --help shows ${this.commands.length > 0 ? 'the commands' : 'what it takes'}`,
    );
    return super.error(message, options);
  }

  /** With those of the commands above it: `hotline audit show`. */
  get #words(): string {
    const above = this.parent instanceof HotlineCommand ? `${this.parent.#words} ` : '';
    return above + this.name();
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
