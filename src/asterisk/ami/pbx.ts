/** What AMI is used for: the state of the PBX, and reloading its dialplan and endpoints. */
import type { AmiPacket } from 'asterisk-manager';
import { AmiFailed, type Ami } from './ami.ts';
import { checkFiles, required, stepsOf } from './dialplan-file.ts';

/** One SIP endpoint: a trunk or a softphone. `hotline pbx status --json` has these names. */
export interface PbxEndpoint {
  name: string;
  /** Asterisk's device state: `Not in use`, `In use`, `Unavailable` (not registered, or unreachable), … */
  state: string;
  /** Addresses that calls to it go to; empty for a trunk that only calls us. */
  contacts: string[];
  /** Whether it has an address of record, without which it cannot be called. */
  canBeCalled: boolean;
  activeChannels: number;
}

/** State of the PBX. `hotline pbx status --json` has these names. */
export interface PbxStatus {
  version: string;
  startedAt: Date;
  reloadedAt: Date;
  activeCalls: number;
  /** Calls that ended in the menu without media, or had it where Asterisk does not look, since Asterisk's own database was made. */
  callsWithoutMedia: number;
  /** When and from where the last of them came, `2026-11-22T03:34:21Z 203.0.113.9:5060`; empty: none. */
  lastWithoutMedia: string;
  endpoints: PbxEndpoint[];
}

/**
 * Reads the state of the PBX, its trunks and softphones. AMI privileges: read and write `system`, write
 * `reporting`.
 *
 * @throws AmiFailed
 */
export async function pbxStatus(ami: Ami): Promise<PbxStatus> {
  const core = await ami.action({ Action: 'CoreStatus' });
  const settings = await ami.action({ Action: 'CoreSettings' });
  const endpoints = await listEndpoints(ami);
  return {
    version: text(settings, 'asteriskversion'),
    startedAt: await readLocalTime(ami, text(core, 'corestartupdate'), text(core, 'corestartuptime')),
    reloadedAt: await readLocalTime(ami, text(core, 'corereloaddate'), text(core, 'corereloadtime')),
    activeCalls: Number(text(core, 'corecurrentcalls')),
    callsWithoutMedia: Number(await kept(ami, 'no-media')),
    lastWithoutMedia: await kept(ami, 'no-media-last'),
    endpoints: endpoints.map(endpointOf),
  };
}

/**
 * CoreStatus gives times in the zone of Asterisk's process, and does not name it (manager.c, action_corestatus):
 * the dialplan's STRFTIME says how far it was from UTC then.
 */
async function readLocalTime(ami: Ami, date: string, time: string): Promise<Date> {
  const seconds = Date.parse(`${date}T${time}Z`) / 1000;
  const packet = await ami.action({ Action: 'Getvar', Variable: `STRFTIME(${seconds},,%z)` });
  const [, hours, minutes] = /^([+-]\d\d)(\d\d)$/.exec(text(packet, 'value')) ?? [];
  const instant = new Date(`${date}T${time}${hours}:${minutes}`);
  if (Number.isNaN(instant.getTime()))
    throw new AmiFailed('Asterisk did not say in which zone its times are: is func_strings.so loaded?');
  return instant;
}

/** All SIP endpoints. Asterisk without any answers with an error (res/res_pjsip/pjsip_configuration.c): a new PBX. */
export async function listEndpoints(ami: Ami): Promise<AmiPacket[]> {
  try {
    return await ami.list({ Action: 'PJSIPShowEndpoints' });
  } catch (error) {
    if (error instanceof AmiFailed && error.message.includes('No endpoints found')) return [];
    throw error;
  }
}

/** What the dialplan keeps in Asterisk's database under `hotline/`; empty if there is nothing. */
async function kept(ami: Ami, key: string): Promise<string> {
  try {
    const [entry = {}] = await ami.list({ Action: 'DBGet', Family: 'hotline', Key: key });
    return text(entry, 'val');
  } catch (error) {
    if (error instanceof AmiFailed && error.message.includes('not found')) return '';
    throw error;
  }
}

/**
 * The endpoints from which no key has come since a call without any, and when and from where the last such
 * call came: `2026-11-22T03:34:21Z 203.0.113.9:5060` (extensions-hotline.conf, [hotline-no-keys]).
 */
export async function endpointsWithoutKeys(ami: Ami): Promise<ReadonlyMap<string, string>> {
  const entries = await ami.list({ Action: 'DBGetTree', Family: 'hotline-no-keys' });
  return new Map(
    entries.flatMap((entry) => {
      const [, name] = /^\/hotline-no-keys\/(.+)$/.exec(text(entry, 'key')) ?? [];
      return name === undefined ? [] : [[name, text(entry, 'val')] as const];
    }),
  );
}

function endpointOf(entry: AmiPacket): PbxEndpoint {
  return {
    name: text(entry, 'objectname'),
    state: text(entry, 'devicestate'),
    contacts: text(entry, 'contacts')
      .split(',')
      .filter((contact) => contact !== ''),
    canBeCalled: text(entry, 'aor') !== '',
    activeChannels: Number(text(entry, 'activechannels')),
  };
}

function text(packet: AmiPacket, key: string): string {
  const value = packet[key] ?? '';
  return Array.isArray(value) ? value.join(',') : value;
}

/**
 * What `hotline pbx reload` reloads, by module; neither drops a call. Recordings need no reload:
 * Asterisk opens them at each playback.
 */
const reloaded = { dialplan: 'pbx_config', 'SIP endpoints': 'res_pjsip' };

/** Result of a reload. */
export interface PbxReload {
  /** What was reloaded. */
  parts: string[];
  /** Number of steps in the main menu. */
  menuSteps: number;
}

/**
 * Reloads dialplan and SIP endpoints, if their files hold what callers need, and checks the result. Calls under way
 * keep the dialplan they are in. AMI privileges: write `system` and `reporting`.
 *
 * @throws AmiFailed also if menu, branch 8 or operator are missing; names context and file. Where the files tell,
 * nothing has been reloaded
 */
export async function reloadPbx(ami: Ami): Promise<PbxReload> {
  await checkFiles(ami);
  for (const module of Object.values(reloaded)) await ami.action({ Action: 'Reload', Module: module });
  const steps: number[] = [];
  for (const { context, extension, file } of required) {
    const found = (await stepsOf(ami, context, extension)).length;
    if (found === 0)
      throw new AmiFailed(
        `after the reload Asterisk has no extension ${extension} in context [${context}]: check ${file}; callers need it`,
      );
    steps.push(found);
  }
  return { parts: Object.keys(reloaded), menuSteps: steps[0]! };
}
