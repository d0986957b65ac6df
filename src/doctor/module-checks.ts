/** Has Asterisk the modules that its configuration asks for? It says nothing where one is missing. */
import { leadsToBranch8, reachable } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import type { Endpoint, PbxFacts } from './pbx-facts.ts';
import { callBackTrunk } from './trunk-checks.ts';

/** Something that is configured, and the modules without which it has no effect. */
interface Need {
  readonly what: string;
  readonly modules: readonly string[];
}

/** Applications of the dialplan; those that are not here are part of Asterisk, or a site's own. */
const applications: Readonly<Record<string, readonly string[]>> = {
  Dial: ['app_dial', 'bridge_simple'],
  ExecIf: ['app_exec'],
  Gosub: ['app_stack'],
  GosubIf: ['app_stack'],
  Log: ['app_verbose'],
  Playback: ['app_playback'],
  Queue: ['app_queue', 'bridge_simple'],
  Read: ['app_read'],
  ResetCDR: ['app_cdr'],
  Return: ['app_stack'],
  Stasis: ['app_stasis'],
  TryExec: ['app_exec'],
  Verbose: ['app_verbose'],
  VoiceMail: ['app_voicemail'],
};

/** Functions of the dialplan, by the module that has them. */
const functions: Readonly<Record<string, readonly string[]>> = {
  func_callerid: ['CALLERID'],
  func_cdr: ['CDR_PROP', 'CDR'],
  func_channel: ['CHANNEL'],
  func_config: ['AST_CONFIG'],
  func_cut: ['CUT'],
  func_db: ['DB', 'DB_DELETE', 'DB_EXISTS'],
  func_dialplan: ['DIALPLAN_EXISTS'],
  func_groupcount: ['GROUP', 'GROUP_COUNT'],
  func_hangupcause: ['HANGUPCAUSE', 'HANGUPCAUSE_KEYS'],
  func_lock: ['LOCK', 'TRYLOCK', 'UNLOCK'],
  func_logic: ['IF', 'ISNULL', 'EXISTS', 'IFTIME'],
  func_strings: [
    'FILTER',
    'LEN',
    'REGEX',
    'STRFTIME',
    'STRREPLACE',
    'SHIFT',
    'ARRAY',
    'TOUPPER',
    'TOLOWER',
    'FIELDQTY',
  ],
  func_timeout: ['TIMEOUT'],
  func_uri: ['URIDECODE', 'URIENCODE'],
  res_pjsip_header_funcs: ['PJSIP_HEADER', 'PJSIP_HEADERS'],
};

const moduleOf = new Map(
  Object.entries(functions).flatMap(([module, names]) => names.map((name) => [name, module] as const)),
);

export function checkNeededModules(pbx: PbxFacts): Finding {
  const isLoaded = (name: string) => pbx.modules.includes(`${name}.so`);
  const lacking = [...dialplanNeeds(pbx), ...sipNeeds(pbx)].flatMap(({ what, modules }) =>
    modules.filter((name) => !isLoaded(name)).map((name) => [`${name}.so`, what] as const),
  );
  const byModule = Map.groupBy(lacking, ([name]) => name);
  const missing = [...byModule].map(
    ([name, needs]) => `${name} (${[...new Set(needs.map(([, what]) => what))].join(', ')})`,
  );
  return expectThat(
    'modules for what is configured',
    missing.length === 0,
    missing.length === 0 ? 'all there' : `missing: ${missing.join(', ')}`,
    `modules.conf: require = ${[...byModule.keys()].join(', ')}, one a line, then restart Asterisk; without them it goes on and leaves out what they do`,
  );
}

/** What the steps use that a caller of branch 8, or a call-back, comes to. */
function dialplanNeeds({ dialplan, endpoints }: PbxFacts): Need[] {
  const ways = endpoints.map(({ context }) => context).filter((name) => leadsToBranch8({ dialplan }, name));
  const starts = [...ways, 'hotline-call-back'];
  const contexts = new Set(starts.flatMap((start) => [...reachable(dialplan, start)]));
  const steps = dialplan.filter(({ context, isInclude }) => contexts.has(context) && !isInclude);
  return steps.flatMap(({ does }) => [
    ...applicationsIn(does).map((name) => ({ what: name, modules: applications[name] ?? [] })),
    ...[...does.matchAll(/\b([A-Z_]+)\(/g)].flatMap(([, name = '']) => {
      const module = moduleOf.get(name);
      return module === undefined ? [] : [{ what: name, modules: [module] }];
    }),
  ]);
}

/** `TryExec(Gosub(…))` are two. */
function applicationsIn(does: string): string[] {
  const [, trying, tried, plain] = /^(?:(TryExec)\((\w+)|(\w+))/.exec(does) ?? [];
  return [trying, tried, plain].filter((name) => name !== undefined);
}

function sipNeeds(pbx: PbxFacts): Need[] {
  const { endpoints, sections, sipProtocols } = pbx;
  const callsBack = callBackTrunk(pbx);
  const ours = endpoints.filter(({ name, context }) => name === callsBack || leadsToBranch8(pbx, context));
  const some = (what: string, holds: boolean, ...modules: string[]): Need[] =>
    holds ? [{ what, modules }] : [];
  const names = (list: readonly string[]) => list.join(', ');
  return [
    ...ours.flatMap(endpointNeeds),
    ...some(
      `type = registration: ${names(sections.registration)}`,
      sections.registration.length > 0,
      'res_pjsip_outbound_registration',
      'res_pjsip_outbound_authenticator_digest',
    ),
    ...some(
      `type = identify: ${names(sections.identify)}`,
      sections.identify.length > 0,
      'res_pjsip_endpoint_identifier_ip',
    ),
    ...some('a transport over WebSocket', sipProtocols.some(isWebSocket), 'res_pjsip_transport_websocket'),
  ];
}

const isWebSocket = (protocol: string) => /^wss?$/i.test(protocol);

function endpointNeeds({ name, auth, outboundAuth, encryption }: Endpoint): Need[] {
  return [
    ...(auth === '' ? [] : [{ what: `auth of ${name}`, modules: ['res_pjsip_authenticator_digest'] }]),
    ...(outboundAuth === ''
      ? []
      : [{ what: `outbound_auth of ${name}`, modules: ['res_pjsip_outbound_authenticator_digest'] }]),
    ...(['', 'no'].includes(encryption)
      ? []
      : [{ what: `media_encryption of ${name}`, modules: ['res_srtp'] }]),
  ];
}
