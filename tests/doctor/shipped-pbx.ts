/** What an Asterisk with the shipped files says of itself, shortened; and what is amiss in findings. */
import type { Finding } from '../../src/doctor/finding.ts';
import type { ConfigFile, Endpoint, PbxFacts, Step } from '../../src/doctor/pbx-facts.ts';

export const trunk: Endpoint = {
  name: 'trunk',
  context: 'from-trunk',
  rule: 'pai-required',
  callerId: '',
  trustsClaims: true,
  matches: ['127.0.0.2/255.255.255.255'],
  contacts: [],
};
export const softphone: Endpoint = {
  ...trunk,
  name: '6001',
  context: 'from-softphone',
  rule: 'asserted',
  callerId: '0912345678',
  trustsClaims: false,
  matches: [],
};
export const trunkOut: Endpoint = {
  ...trunk,
  name: 'trunk-out',
  context: 'hotline-nowhere',
  rule: '',
  matches: [],
  contacts: [{ uri: 'sip:198.51.100.7', status: 'Reachable' }],
};

export const step = (context: string, extension: string, does: string): Step => ({ context, extension, does, isInclude: false });
export const include = (context: string, does: string): Step => ({ context, extension: '', does, isInclude: true });

export const dialplan: readonly Step[] = [
  step('from-trunk', '19009068', 'Goto(hotline-identity,s,1)'),
  step('from-softphone', '19009068', 'Goto(hotline-menu,s,1)'),
  step('hotline-identity', 's', 'GotoIf($["${HOTLINE_IDENTITY}" != "stir-shaken-a"]?hotline-menu,s,1)'),
  step('hotline-menu', 's', 'GotoIf(${DIALPLAN_EXISTS(hotline-branches,${KEY},1)}?hotline-branches,${KEY},1)'),
  step('hotline-branches', '8', 'Stasis(hotline,reset,${HOTLINE_IDENTITY})'),
  step('hotline-branches', '0', 'Goto(hotline-operator,s,1)'),
  include('hotline-branches', 'hotline-site-branches'),
  step('hotline-operator', 's', 'Playback(hotline/operator-closed&hotline/goodbye)'),
  step('hotline-call-back', '_84[35789]XXXXXXXX', 'Goto(hotline-trunk-out,${EXTEN},1)'),
  step('hotline-trunk-out', '_84X!', 'Dial(PJSIP/+${EXTEN}@trunk-out,60)'),
];

export const file = (sections: Record<string, Record<string, string>>): ConfigFile =>
  new Map(Object.entries(sections).map(([section, settings]) => [section, new Map(Object.entries(settings))]));

export const shippedPbx: PbxFacts = {
  version: '22.10.1+dfsg+~cs6.17.60671434-1',
  writesDetailRecords: false,
  files: {
    'asterisk.conf': file({ options: { verbose: '0', debug: '0', dumpcore: 'no', live_dangerously: 'no' } }),
    'http.conf': file({ general: { enabled: 'yes', bindaddr: '127.0.0.1', sessionlimit: '500' } }),
    'manager.conf': file({ general: { enabled: 'yes', bindaddr: '127.0.0.1' }, hotline: { read: 'system', write: 'system,reporting' } }),
    'cel.conf': file({ general: { enable: 'no' } }),
  },
  logs: [
    { channel: '/var/log/asterisk/messages.log', type: 'File', levels: 'ERROR ' },
    { channel: '', type: 'Console', levels: 'ERROR VERBOSE ' },
  ],
  modules: ['app_dial.so', 'app_stasis.so', 'res_pjsip.so'],
  endpoints: [softphone, trunk, trunkOut],
  dialplan,
  isApplicationThere: true,
};

/** Titles of what is not well. */
export const amiss = (findings: readonly Finding[]): string[] => findings.filter(({ verdict }) => verdict !== 'ok').map(({ title }) => title);
