import { Ami, type AmiOptions } from '../asterisk/ami/ami.ts';
import { pbxStatus, reloadPbx, type PbxEndpoint } from '../asterisk/ami/pbx.ts';

/** `npx hotline pbx status`: prints how PBX, trunk and softphones are. @throws AmiFailed */
export async function pbxStatusCommand(options: AmiOptions): Promise<void> {
  const status = await withAmi(options, pbxStatus);
  print(
    `Asterisk ${status.version}, up since ${status.startedAt}, last reload ${status.reloadedAt}`,
    `Calls now: ${status.activeCalls}`,
    ...status.endpoints.map((endpoint) => `${endpoint.name.padEnd(12)} ${describe(endpoint)}`),
  );
}

/** `npx hotline pbx reload`: dialplan and SIP endpoints are read again, no call is dropped. @throws AmiFailed */
export async function pbxReloadCommand(options: AmiOptions): Promise<void> {
  const { parts, menuSteps } = await withAmi(options, reloadPbx);
  print(
    `Reloaded: ${parts.join(', ')}. Running calls go on as they were.`,
    `Main menu: ${menuSteps} steps; branch 8 and the operator are there. A new recording is heard from its next playing on, without a reload.`,
  );
}

function describe({ state, contacts, canBeCalled, activeChannels }: PbxEndpoint): string {
  const line = canBeCalled
    ? `${state}, ${contacts.length === 0 ? 'nobody registered' : contacts.join(' ')}`
    : 'takes calls only';
  return activeChannels > 0 ? `${line}, ${activeChannels} channels in use` : line;
}

async function withAmi<T>(options: AmiOptions, use: (ami: Ami) => Promise<T>): Promise<T> {
  const ami = await Ami.connect(options);
  try {
    return await use(ami);
  } finally {
    ami.close();
  }
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
