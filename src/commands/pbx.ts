import { HotlineCommand } from './hotline-command.ts';
import { pbxReloadCommand } from './pbx-reload.ts';
import { pbxStatusCommand } from './pbx-status.ts';

export function pbxCommand(): HotlineCommand {
  const command = new HotlineCommand('pbx');
  command
    .description('the PBX, over its manager interface')
    .addCommand(pbxStatusCommand())
    .addCommand(pbxReloadCommand());
  return command;
}
