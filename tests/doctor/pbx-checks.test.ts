import { checkPbx } from '../../src/doctor/pbx-checks.ts';
import { configFileOf, endpointOf, timerBOf, type PbxFacts } from '../../src/doctor/pbx-facts.ts';
import { findWrong, file, shippedPbx } from './shipped-pbx.ts';

const { files } = shippedPbx;

test('an Asterisk with the shipped files is fine', () => {
  expect(findWrong(checkPbx(shippedPbx, 'hotline'))).toEqual([]);
});

test.each<[string, Partial<PbxFacts>]>([
  ['Asterisk version', { version: '22.10.0' }],
  ['Asterisk version', { version: '' }],
  ['clock of Asterisk', { clockAheadMs: 5000 }],
  ['clock of Asterisk', { clockAheadMs: -5000 }],
  [
    'ARI on loopback',
    { files: { ...files, 'http.conf': file({ general: { bindaddr: '0.0.0.0', sessionlimit: '500' } }) } },
  ],
  ['ARI on loopback', { files: { ...files, 'http.conf': file({ general: { sessionlimit: '500' } }) } }],
  [
    'ARI on loopback',
    {
      files: {
        ...files,
        'http.conf': file({ general: { bindaddr: '127.0.0.1', tlsenable: 'yes', sessionlimit: '500' } }),
      },
    },
  ],
  [
    'AMI on loopback',
    {
      files: {
        ...files,
        'manager.conf': file({ general: { bindaddr: '192.0.2.1' }, hotline: { write: 'system' } }),
      },
    },
  ],
  ['HTTP session limit', { files: { ...files, 'http.conf': file({ general: { bindaddr: '127.0.0.1' } }) } }],
  [
    'rights of the AMI user',
    {
      files: {
        ...files,
        'manager.conf': file({ general: { bindaddr: '127.0.0.1' }, hotline: { write: 'system,originate' } }),
      },
    },
  ],
  [
    'rights of the AMI user',
    { files: { ...files, 'manager.conf': file({ general: { bindaddr: '127.0.0.1' } }) } },
  ],
  ['name of this Asterisk', { files: { ...files, 'asterisk.conf': file({ options: { verbose: '0' } }) } }],
  ['unacknowledged calls', { unacknowledgedMs: 32_000 }],
  [
    'live_dangerously',
    {
      files: {
        ...files,
        'asterisk.conf': file({ options: { systemname: 'pbx-1', live_dangerously: 'yes' } }),
      },
    },
  ],
  [
    'dumpcore of Asterisk',
    { files: { ...files, 'asterisk.conf': file({ options: { systemname: 'pbx-1', dumpcore: 'yes' } }) } },
  ],
  [
    'verbose and debug',
    { files: { ...files, 'asterisk.conf': file({ options: { systemname: 'pbx-1', verbose: '3' } }) } },
  ],
  ["levels of Asterisk's log", { logs: [{ channel: 'debug.log', type: 'File', levels: 'ERROR DTMF ' }] }],
  [
    "levels of Asterisk's log",
    { logs: [{ channel: 'messages.log', type: 'File', levels: 'WARNING ERROR ' }] },
  ],
  ["levels of Asterisk's log", { logs: [{ channel: 'full', type: 'File', levels: 'VERBOSE ' }] }],
  ['call detail records', { writesDetailRecords: true, dialplan: [], modules: [] }],
  [
    'channel event logging',
    { files: { ...files, 'cel.conf': file({ general: { enable: 'yes', events: 'CHAN_START' } }) } },
  ],
  ['recording and program modules', { modules: ['app_mixmonitor.so'] }],
])('%s: reported with %j', (title, wrong) => {
  const findings = checkPbx({ ...shippedPbx, ...wrong }, 'hotline');
  expect(findWrong(findings)).toEqual([title]);
  expect(findings.find(({ verdict }) => verdict !== 'ok')?.change).toBeTruthy();
});

test.each([
  ['both timers', { timer_t1: '100', timer_b: '6400' }, 6400],
  ['timer_b alone, which Asterisk raises', { timer_b: '6400' }, 32_000],
  ['neither', {}, 32_000],
])('how long a call goes on without an ACK depends on %s', (_title, settings, ms) => {
  expect(timerBOf(file({ system: settings }))).toBe(ms);
  expect(timerBOf(new Map())).toBe(32_000);
});

test('a file is read as GetConfig returns it, section by section', () => {
  const packet = {
    response: 'Success',
    'category-000000': 'general',
    'line-000000-000000': 'bindaddr=127.0.0.1',
    'category-000001': 'hotline',
    'templates-000001': 'hotline-manager',
    'line-000001-000000': 'write=system,reporting',
    'line-000001-000001': 'eventfilter=!Event: .*',
  };
  const read = configFileOf(packet);
  expect(read.get('general')?.get('bindaddr')).toBe('127.0.0.1');
  expect(read.get('hotline')?.get('write')).toBe('system,reporting');
});

test('sections of the same name are one', () => {
  const packet = {
    'category-000000': 'peer',
    'line-000000-000000': 'type=a',
    'line-000000-000001': 'host=x',
    'category-000001': 'empty',
    'category-000002': 'peer',
    'line-000002-000000': 'type=>b',
  };
  expect(Object.fromEntries(configFileOf(packet))).toEqual({
    peer: new Map([
      ['type', 'b'],
      ['host', 'x'],
    ]),
    empty: new Map(),
  });
});

test('an endpoint is read as PJSIPShowEndpoint returns it, with its addresses and contacts', () => {
  const packets = [
    {
      event: 'EndpointDetail',
      objectname: 'trunk',
      context: 'from-trunk',
      setvar: 'A=1,HOTLINE_IDENTITY=pai-required,HOTLINE_NUMBERS=national',
      callerid: '<unknown>',
      trustidinbound: 'true',
      dtmfmode: 'auto',
      auth: '',
      outboundauth: 'carrier',
      mediaencryption: 'sdes',
    },
    {
      event: 'IdentifyDetail',
      objectname: 'trunk',
      match: '192.0.2.1/255.255.255.255,192.0.2.2/255.255.255.255',
    },
    { event: 'ContactStatusDetail', uri: 'sip:192.0.2.1', status: 'Reachable' },
  ];
  expect(endpointOf(packets)).toEqual({
    name: 'trunk',
    context: 'from-trunk',
    rule: 'pai-required',
    keys: 'auto',
    auth: '',
    outboundAuth: 'carrier',
    encryption: 'sdes',
    numbers: 'national',
    callerId: '',
    trustsClaims: true,
    matches: ['192.0.2.1/255.255.255.255', '192.0.2.2/255.255.255.255'],
    contacts: [{ uri: 'sip:192.0.2.1', status: 'Reachable' }],
  });
});
