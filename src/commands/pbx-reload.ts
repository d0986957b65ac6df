/** `hotline pbx reload` */
import { readSettings } from '../config.ts';
import { amiSettings } from '../serve-settings.ts';
import { withAmi } from './ami.ts';
import { HotlineCommand } from './hotline-command.ts';
import { print } from './print.ts';

export function pbxReloadCommand(): HotlineCommand {
  const command = new HotlineCommand('reload', amiSettings);
  command
    .description('take over edited dialplan, SIP settings and recordings without dropping a call')
    .action(reload);
  return command;
}

/** @throws AmiFailed */
async function reload(): Promise<void> {
  const config = readSettings(amiSettings);
  const { reloadPbx } = await import('../asterisk/ami/pbx.ts');
  const { parts, menuSteps } = await withAmi(config, reloadPbx);
  print(
    `Reloaded: ${parts.join(', ')}. Running calls go on as they were.`,
    `Main menu: ${menuSteps} steps; branch 8 and the operator are there. A new recording is heard from its next playing on, without a reload.`,
  );
}
