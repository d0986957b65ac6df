/** What the running Asterisk reports about itself, over AMI and ARI, with the application's own rights. */
import { Ami, AmiFailed, type AmiOptions } from '../asterisk/ami/ami.ts';
import { readMenuCounts } from '../asterisk/ami/menu-counts.ts';
import { endpointsWithoutKeys, listEndpoints } from '../asterisk/ami/pbx.ts';
import { leaseVariable } from '../asterisk/ari/pbx-lease.ts';
import { AriHttp, type AriAccess } from '../asterisk/ari/ari-http.ts';
import { readCalendar, type Calendar } from './calendar-facts.ts';

type AmiPacket = Awaited<ReturnType<Ami['action']>>;

/** One SIP endpoint: who may call from it, and where calls to it go. */
export interface Endpoint {
  readonly name: string;
  readonly context: string;
  /** `HOTLINE_IDENTITY` in `set_var`; empty if it is not set. */
  readonly rule: string;
  /** `HOTLINE_NUMBERS` in `set_var`; empty if it is not set. */
  readonly numbers: string;
  /** The fixed caller ID; empty if there is none. */
  readonly callerId: string;
  readonly trustsClaims: boolean;
  /** `dtmf_mode`. */
  readonly keys: string;
  /** `auth`: how who calls from it logs in; empty: not at all. */
  readonly auth: string;
  /** `outbound_auth`: how we log in there; empty: not at all. */
  readonly outboundAuth: string;
  /** `media_encryption`: `no`, `sdes`, `dtls`. */
  readonly encryption: string;
  /** Source addresses that identify this endpoint, as `192.0.2.1/255.255.255.255`. */
  readonly matches: readonly string[];
  /** Addresses that calls to it go to, and their state: `Reachable`, `Unreachable`, `NonQualified`, … */
  readonly contacts: readonly { readonly uri: string; readonly status: string }[];
}

/** One step of the dialplan, or an `include`. */
export interface Step {
  readonly context: string;
  readonly extension: string;
  /** `Goto(hotline-menu,s,1)`; for an include, the name of the included context. */
  readonly does: string;
  readonly isInclude: boolean;
}

/** Settings of a configuration file, by section and name. Sections of the same name are merged. */
export type ConfigFile = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface PbxFacts {
  readonly version: string;
  /** How far its clock is ahead of this machine's, ms. */
  readonly clockAheadMs: number;
  /** How long it takes for the simplest answer over ARI: the fastest of three, ms. */
  readonly ariAnswerMs: number;
  /** Whether Asterisk is writing call detail records. */
  readonly writesDetailRecords: boolean;
  /** Configuration files by name; absent files are empty. */
  readonly files: Readonly<Record<(typeof filesRead)[number], ConfigFile>>;
  /** Channels of Asterisk's log, with those that were added at its console. */
  readonly logs: readonly { readonly channel: string; readonly type: string; readonly levels: string }[];
  /** Running modules: `app_dial.so`. */
  readonly modules: readonly string[];
  readonly endpoints: readonly Endpoint[];
  /** By endpoint: the last call without any key, since which no key has come (`endpointsWithoutKeys`). */
  readonly withoutKeys: ReadonlyMap<string, string>;
  /** Those whose counts of the menu Asterisk still has, in order: `2026-11-30T02:15Z`. */
  readonly waitingMinutes: readonly string[];
  /** Addresses on which SIP listens: `127.0.0.1:5060`. */
  readonly sipBinds: readonly string[];
  /** Of the transports in pjsip.conf: `udp`, `wss`, … */
  readonly sipProtocols: readonly string[];
  /** Names of the sections of these types in pjsip.conf, also where no module reads them. */
  readonly sections: Readonly<Record<'registration' | 'identify', readonly string[]>>;
  /** How long an answered call goes on without an ACK, as configured in pjsip.conf, ms. */
  readonly unacknowledgedMs: number;
  readonly dialplan: readonly Step[];
  /** The operator's hours. */
  readonly calendar: Calendar;
  /** `HOTLINE_CALLS_TRUNK` of the dialplan: the endpoint of call-backs; empty: not set. */
  readonly callsTrunk: string;
  /** `HOTLINE_FEE_ANNOUNCEMENT` of the dialplan; empty: not set. */
  readonly feeAnnouncement: string;
  /** Whether parameters in a called number (`19009068;npdi`) are left out before the dialplan is looked at. */
  readonly ignoresUserOptions: boolean;
  /** Until the application's lease runs out, s; null: it has none. */
  readonly leaseSecondsLeft: number | null;
  /** Whether a process is connected as the application. */
  readonly isApplicationThere: boolean;
}

export interface PbxAccess {
  readonly ami: AmiOptions;
  readonly ari: AriAccess & { readonly application: string };
}

const filesRead = ['asterisk.conf', 'http.conf', 'manager.conf', 'cel.conf', 'rtp.conf'] as const;
const deadlineMs = 5000;

/**
 * Reads everything; changes nothing. AMI privileges: write `system` and `reporting`.
 *
 * @throws AmiFailed, AriRequestFailed
 */
export async function readPbxFacts({ ami: amiOptions, ari: ariOptions }: PbxAccess): Promise<PbxFacts> {
  const ami = await Ami.connect(amiOptions);
  const ari = new AriHttp({ ...ariOptions, deadlineMs, maxSockets: 1 });
  try {
    const core = await ami.action({ Action: 'CoreSettings' });
    const files = Object.fromEntries(
      await Promise.all(filesRead.map(async (name) => [name, await readConfigFile(ami, name)] as const)),
    );
    const logs = await get<{ channel: string; type: string; configuration: string }[]>(
      ari,
      'asterisk/logging',
    );
    const modules = await get<{ name: string; status: string }[]>(ari, 'asterisk/modules');
    const applications = await get<{ name: string }[]>(ari, 'applications');
    return {
      version: text(core, 'asteriskversion'),
      clockAheadMs: await compareClocks(ami),
      ariAnswerMs: await timeAnswer(ari),
      writesDetailRecords: text(core, 'corecdrenabled') === 'Yes',
      files: files as PbxFacts['files'],
      logs: logs.map(({ channel, type, configuration }) => ({ channel, type, levels: configuration })),
      modules: modules.filter(({ status }) => status === 'Running').map(({ name }) => name),
      endpoints: await readEndpoints(ami),
      ...(await readTransports(ami)),
      sections: {
        registration: [...(await readSections(ami, 'registration')).keys()],
        identify: [...(await readSections(ami, 'identify')).keys()],
      },
      withoutKeys: await endpointsWithoutKeys(ami),
      waitingMinutes: [...new Set((await readMenuCounts(ami)).map(({ minute }) => minute))].sort(),
      unacknowledgedMs: await readTimerB(ami),
      dialplan: (await ami.list({ Action: 'ShowDialPlan' })).flatMap(stepOf),
      calendar: await readCalendar(ami),
      callsTrunk: await readVariable(ari, 'HOTLINE_CALLS_TRUNK'),
      feeAnnouncement: await readVariable(ari, 'HOTLINE_FEE_ANNOUNCEMENT'),
      ignoresUserOptions: [...(await readSections(ami, 'global')).values()].some((settings) =>
        /^(yes|true|y|t|1|on)$/i.test(settings.get('ignore_uri_user_options') ?? ''),
      ),
      leaseSecondsLeft: await readLease(ari, ariOptions.application),
      isApplicationThere: applications.some(({ name }) => name === ariOptions.application),
    };
  } finally {
    ami.close();
    ari.close();
  }
}

/** `Ping` answers with Asterisk's time: `1763800000.123456` (main/manager.c, action_ping). */
async function compareClocks(ami: Ami): Promise<number> {
  const before = Date.now();
  const seconds = Number(text(await ami.action({ Action: 'Ping' }), 'timestamp'));
  return Math.round(seconds * 1000 - (before + Date.now()) / 2);
}

async function timeAnswer(ari: AriHttp): Promise<number> {
  const tookMs: number[] = [];
  for (let look = 0; look < 3; look++) {
    const askedAt = performance.now();
    await get(ari, 'asterisk/ping');
    tookMs.push(performance.now() - askedAt);
  }
  return Math.round(Math.min(...tookMs));
}

/** Null: there is no lease. */
async function readLease(ari: AriHttp, application: string): Promise<number | null> {
  const lease = await readVariable(ari, leaseVariable(application));
  return lease === '' ? null : Number(lease) - Number(await readVariable(ari, 'EPOCH'));
}

/** A global variable or function of the dialplan; empty if it is not set. */
async function readVariable(ari: AriHttp, name: string): Promise<string> {
  return (await get<{ value: string }>(ari, `asterisk/variable?variable=${name}`)).value;
}

async function get<T>(ari: AriHttp, path: string): Promise<T> {
  return JSON.parse((await ari.send('GET', `/ari/${path}`)).data.toString()) as T;
}

async function readEndpoints(ami: Ami): Promise<Endpoint[]> {
  const names = (await listEndpoints(ami)).map((entry) => text(entry, 'objectname'));
  return Promise.all(
    names.map(async (name) => endpointOf(await ami.list({ Action: 'PJSIPShowEndpoint', Endpoint: name }))),
  );
}

/** An endpoint, from the response to `PJSIPShowEndpoint`: one packet for each part of it. */
export function endpointOf(packets: readonly AmiPacket[]): Endpoint {
  const of = (event: string) => packets.filter((packet) => packet['event'] === event);
  const endpoint = of('EndpointDetail')[0] ?? {};
  const callerId = text(endpoint, 'callerid');
  return {
    name: text(endpoint, 'objectname'),
    context: text(endpoint, 'context'),
    rule: /\bHOTLINE_IDENTITY="?([\w-]*)/.exec(text(endpoint, 'setvar'))?.[1] ?? '',
    numbers: /\bHOTLINE_NUMBERS="?([\w-]*)/.exec(text(endpoint, 'setvar'))?.[1] ?? '',
    callerId: callerId === '<unknown>' ? '' : callerId,
    trustsClaims: text(endpoint, 'trustidinbound') === 'true',
    keys: text(endpoint, 'dtmfmode'),
    auth: text(endpoint, 'auth'),
    outboundAuth: text(endpoint, 'outboundauth'),
    encryption: text(endpoint, 'mediaencryption'),
    matches: of('IdentifyDetail').flatMap((packet) => text(packet, 'match').split(',')),
    contacts: of('ContactStatusDetail').map((packet) => ({
      uri: text(packet, 'uri'),
      status: text(packet, 'status'),
    })),
  };
}

function stepOf(entry: AmiPacket): Step[] {
  const [context, extension] = [text(entry, 'context'), text(entry, 'extension')];
  const included = text(entry, 'includecontext');
  if (included !== '')
    return [{ context, extension: '', does: included.split(',')[0] ?? '', isInclude: true }];
  const application = text(entry, 'application');
  return application === ''
    ? []
    : [{ context, extension, does: `${application}(${text(entry, 'appdata')})`, isInclude: false }];
}

async function readTransports(ami: Ami): Promise<Pick<PbxFacts, 'sipBinds' | 'sipProtocols'>> {
  const transports = [...(await readSections(ami, 'transport')).values()];
  return {
    sipBinds: transports.flatMap((settings) => settings.get('bind') ?? []),
    sipProtocols: transports.map((settings) => settings.get('protocol') ?? 'udp'),
  };
}

/** Sections of one type in pjsip.conf: those of type "auth" hold passwords, and are not asked for. */
function readSections(
  ami: Ami,
  type: 'global' | 'system' | 'transport' | 'registration' | 'identify',
): Promise<ConfigFile> {
  return readConfigFile(ami, 'pjsip.conf', { Filter: `type=^${type}$` });
}

async function readTimerB(ami: Ami): Promise<number> {
  return timerBOf(await readSections(ami, 'system'));
}

/**
 * Timer B, after which Asterisk gives up an unacknowledged call, ms. It accepts no `timer_b` below 64
 * times `timer_t1`, and no `timer_t1` below 100 (res_pjsip/config_system.c).
 */
export function timerBOf(file: ConfigFile): number {
  const [system = new Map<string, string>()] = file.values();
  return Math.max(
    Number(system.get('timer_b') ?? 32_000),
    64 * Math.max(100, Number(system.get('timer_t1') ?? 500)),
  );
}

async function readConfigFile(ami: Ami, name: string, only: { Filter?: string } = {}): Promise<ConfigFile> {
  try {
    return configFileOf(await ami.action({ Action: 'GetConfig', Filename: name, ...only }));
  } catch (error) {
    if (error instanceof AmiFailed && error.message.includes('not found')) return new Map();
    throw error;
  }
}

/**
 * A file, from the response to `GetConfig`: `category-000001: general`, `line-000001-000000:
 * bindaddr=127.0.0.1`.
 */
export function configFileOf(packet: AmiPacket): ConfigFile {
  const sections = new Map<string, Map<string, string>>();
  const byNumber = new Map<string, Map<string, string>>();
  for (const [key, section] of Object.entries(packet)) {
    const number = /^category-(\d+)$/.exec(key)?.[1];
    if (number === undefined) continue;
    const settings = sections.get(String(section)) ?? new Map<string, string>();
    sections.set(String(section), settings);
    byNumber.set(number, settings);
  }
  for (const [key, line] of Object.entries(packet)) {
    const settings = byNumber.get(/^line-(\d+)-/.exec(key)?.[1] ?? '');
    const [, setting, value] = /^([^=]+)=>?(.*)$/.exec(String(line)) ?? [];
    if (setting !== undefined && value !== undefined) settings?.set(setting.trim(), value.trim());
  }
  return sections;
}

function text(packet: AmiPacket, key: string): string {
  const value = packet[key] ?? '';
  return Array.isArray(value) ? value.join(',') : value;
}
