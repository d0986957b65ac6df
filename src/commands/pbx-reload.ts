/** `hotline pbx reload [--json]` */
import { readSettings } from '../config.ts';
import { amiSettings } from '../serve-settings.ts';
import { withAmi } from './ami.ts';
import { HotlineCommand } from './hotline-command.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';

export function pbxReloadCommand(): HotlineCommand {
  const command = new HotlineCommand('reload', amiSettings);
  command
    .description('take over edited dialplan, SIP settings and recordings without dropping a call')
    .option(...jsonOption)
    .example('hotline pbx reload', 'after an edit of extensions.conf or pjsip.conf')
    .action(reload);
  return command;
}

/** @throws AmiFailed */
async function reload({ json = false }: { json?: boolean }): Promise<void> {
  const config = readSettings(amiSettings);
  const { reloadPbx } = await import('../asterisk/ami/pbx.ts');
  const { parts, menuSteps } = await withProgress('reloading Asterisk', () => withAmi(config, reloadPbx));
  if (json) return printReport({ parts, menuSteps });
  print(
    `Reloaded: ${parts.join(', ')}. Running calls go on as they were.`,
    `Main menu: ${menuSteps} steps; branch 8 and the operator are there. A new recording is heard from its next playing on, without a reload.`,
  );
}
