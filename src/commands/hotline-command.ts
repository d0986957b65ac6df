import { Command } from 'commander';
import type { SettingName } from '../config.ts';

/**
 * A command that knows which settings it reads, for docs/settings.md. Wrong usage shows the
 * command's help and ends the process with 2.
 *
 * Actions import their work when they run, so that `hotline --help` is quick.
 */
export class HotlineCommand extends Command {
  readonly settings: readonly SettingName[];

  constructor(name: string, settings: readonly SettingName[] = []) {
    super(name);
    this.settings = settings;
    this.showHelpAfterError().exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  }
}
