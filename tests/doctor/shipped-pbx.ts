/**
 * What an Asterisk with the shipped files reports about itself, read from asterisk-config/.
 * tests/e2e/doctor.test.ts compares it with a running one.
 */
import type { Finding } from '../../src/doctor/finding.ts';
import type { ConfigFile, Endpoint, PbxFacts, Step } from '../../src/doctor/pbx-facts.ts';
import { shippedSections, shippedSettings, type Section } from '../support/machine/shipped-config.ts';

export const step = (context: string, extension: string, does: string): Step => ({
  context,
  extension,
  does,
  isInclude: false,
});
export const include = (context: string, does: string): Step => ({
  context,
  extension: '',
  does,
  isInclude: true,
});

/** The variables that extension names are made of. */
const globals = shippedSettings('extensions.conf').get('globals') ?? new Map<string, string>();

export const dialplan: readonly Step[] = shippedSections('extensions.conf').flatMap(stepsOf);

/** From `exten => 8,1,Stasis(hotline)`, `same => n(label),Hangup()` and `include => other`. */
function stepsOf({ name: context, lines }: Section): Step[] {
  let extension = '';
  return lines.flatMap(([kind, value]) => {
    if (kind === 'include') return [include(context, value)];
    if (kind === 'exten')
      extension = value
        .split(',')[0]!
        .replace(
          /^(\S*?)\$\{(HOTLINE_\w+)\}$/,
          (_, prefix: string, name: string) => prefix + globals.get(name)!,
        );
    const does = { exten: /^[^,]+,[^,]+,(.*)$/, same: /^[^,]+,(.*)$/ }[kind]?.exec(value)?.[1];
    return does === undefined ? [] : [step(context, extension, does)];
  });
}

const sip = shippedSections('pjsip.conf').map(({ name, lines }) => ({ name, settings: new Map(lines) }));
/** Values of a setting in sections of this type. */
const values = (
  type: string,
  setting: string,
  isOurs: (section: (typeof sip)[number]) => boolean,
): string[] =>
  sip
    .filter((section) => section.settings.get('type') === type && isOurs(section))
    .flatMap(({ settings }) => settings.get(setting) ?? []);

const endpoints: readonly Endpoint[] = sip
  .filter(({ settings }) => settings.get('type') === 'endpoint')
  .map(({ name, settings }) => ({
    name,
    context: settings.get('context') ?? 'default',
    rule: settings.get('set_var')?.replace('HOTLINE_IDENTITY=', '') ?? '',
    numbers: '',
    callerId: settings.get('callerid')?.replace(/^<(.*)>$/, '$1') ?? '',
    trustsClaims: settings.get('trust_id_inbound') === 'yes',
    keys: settings.get('dtmf_mode') ?? 'rfc4733',
    auth: settings.get('auth') ?? '',
    outboundAuth: settings.get('outbound_auth') ?? '',
    encryption: settings.get('media_encryption') ?? 'no',
    matches: values('identify', 'match', (section) => section.settings.get('endpoint') === name).map(
      (address) => `${address}/255.255.255.255`,
    ),
    contacts: values('aor', 'contact', (section) => section.name === settings.get('aors')).map((uri) => ({
      uri,
      status: 'NonQualified',
    })),
  }));

function namesOf(type: string): string[] {
  return sip.filter(({ settings }) => settings.get('type') === type).map(({ name }) => name);
}

function endpoint(name: string): Endpoint {
  const found = endpoints.find((each) => each.name === name);
  if (found === undefined) throw new Error(`pjsip.conf has no endpoint ${name}`);
  return found;
}

export const [trunk, trunkOut, softphone] = [endpoint('trunk'), endpoint('trunk-out'), endpoint('6001')];

export const file = (sections: Record<string, Record<string, string>>): ConfigFile =>
  new Map(
    Object.entries(sections).map(([section, settings]) => [section, new Map(Object.entries(settings))]),
  );

export const shippedPbx: PbxFacts = {
  version: '22.10.1+dfsg+~cs6.17.60671434-1',
  clockAheadMs: 3,
  ariAnswerMs: 2,
  writesDetailRecords: shippedSettings('cdr.conf').get('general')?.get('enable') !== 'no',
  files: {
    'asterisk.conf': shippedSettings('asterisk.conf'),
    'http.conf': shippedSettings('http.conf'),
    'manager.conf': shippedSettings('manager.conf'),
    'cel.conf': shippedSettings('cel.conf'),
    'rtp.conf': shippedSettings('rtp.conf'),
  },
  // Asterisk adds "verbose" to every console by itself.
  logs: [...(shippedSettings('logger.conf').get('logfiles') ?? [])].map(([name, levels]) =>
    name === 'console'
      ? { channel: '', type: 'Console', levels: `${levels.toUpperCase()} VERBOSE ` }
      : { channel: `/var/log/asterisk/${name}`, type: 'File', levels: `${levels.toUpperCase()} ` },
  ),
  modules: shippedSections('modules.conf').flatMap(({ lines }) =>
    lines.flatMap(([kind, name]) => (kind === 'autoload' ? [] : [name])),
  ),
  endpoints,
  withoutKeys: new Map(),
  waitingMinutes: [],
  sipBinds: values('transport', 'bind', () => true),
  sipProtocols: values('transport', 'protocol', () => true),
  sections: { registration: namesOf('registration'), identify: namesOf('identify') },
  unacknowledgedMs: Number(values('system', 'timer_b', () => true)),
  dialplan,
  calendar: {
    skipped: [],
    lines: shippedSections('hotline-hours.conf').flatMap(({ name: section, lines }) =>
      lines.map(([name, value]) => ({ section, name, value })),
    ),
  },
  callsTrunk: globals.get('HOTLINE_CALLS_TRUNK') ?? '',
  feeAnnouncement: globals.get('HOTLINE_FEE_ANNOUNCEMENT') ?? '',
  ignoresUserOptions: values('global', 'ignore_uri_user_options', () => true)[0] === 'yes',
  leaseSecondsLeft: 7,
  isApplicationThere: true,
};

/** Titles of the findings that are not `ok`. */
export const findWrong = (findings: readonly Finding[]): string[] =>
  findings.filter(({ verdict }) => verdict !== 'ok').map(({ title }) => title);
