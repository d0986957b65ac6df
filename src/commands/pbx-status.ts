/** `hotline pbx status [--json]` */
import type { PbxEndpoint } from '../asterisk/ami/pbx.ts';
import { readSettings } from '../config.ts';
import { amiSettings } from '../serve-settings.ts';
import { vietnamTime } from '../timing/vietnam-time.ts';
import { withAmi } from './ami.ts';
import { HotlineCommand } from './hotline-command.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';

export function pbxStatusCommand(): HotlineCommand {
  const command = new HotlineCommand('status', amiSettings);
  command
    .description('uptime, calls, calls without media, trunk and softphones')
    .option(...jsonOption)
    .example('hotline pbx status', 'is the trunk there, and how many calls are there now?')
    .action(showStatus);
  return command;
}

/** @throws AmiFailed */
async function showStatus({ json = false }: { json?: boolean }): Promise<void> {
  const config = readSettings(amiSettings);
  const { pbxStatus } = await import('../asterisk/ami/pbx.ts');
  const status = await withProgress('asking Asterisk', () => withAmi(config, pbxStatus));
  if (json) return printReport({ ...status });
  const width = Math.max(0, ...status.endpoints.map(({ name }) => name.length));
  print(
    `Asterisk ${status.version}, up since ${vietnamTime(status.startedAt)}, last reload ${vietnamTime(status.reloadedAt)}`,
    `Calls now: ${status.activeCalls}`,
    `Calls without media: ${status.callsWithoutMedia}${status.lastWithoutMedia && `, the last ${status.lastWithoutMedia}`}`,
    ...status.endpoints.map((endpoint) => `${endpoint.name.padEnd(width)}  ${describe(endpoint)}`),
  );
}

function describe({ state, contacts, canBeCalled, activeChannels }: PbxEndpoint): string {
  const line = canBeCalled
    ? `${state}, ${contacts.length === 0 ? 'nobody registered' : contacts.join(' ')}`
    : 'takes calls only';
  return activeChannels > 0 ? `${line}, ${activeChannels} channels in use` : line;
}
