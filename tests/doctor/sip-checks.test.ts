import type { PbxFacts } from '../../src/doctor/pbx-facts.ts';
import { checkSip } from '../../src/doctor/sip-checks.ts';
import { file, findWrong, shippedPbx, softphone, trunk } from './shipped-pbx.ts';

const { files, modules } = shippedPbx;

test('an Asterisk with the shipped files is fine', () => {
  expect(findWrong(checkSip(shippedPbx, 200))).toEqual([]);
});

test.each<[string, Partial<PbxFacts>]>([
  ['demo softphones', { endpoints: [softphone], sipBinds: ['127.0.0.1:5060', '0.0.0.0:5060'] }],
  [
    'demo softphones',
    { endpoints: [{ ...softphone, name: 'desk', callerId: '<+84912345678>' }], sipBinds: ['192.0.2.1'] },
  ],
  [
    'callers on this machine',
    {
      endpoints: [{ ...trunk, matches: ['203.0.113.10/255.255.255.255', '127.0.0.2/255.255.255.255'] }],
      sipBinds: ['198.51.100.5:5060'],
    },
  ],
  [
    'callers on this machine',
    {
      endpoints: [{ ...trunk, matches: ['::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'] }],
      sipBinds: ['[::]:5060'],
    },
  ],
  ['taking over calls', { modules: [...modules, 'res_pjsip_refer.so'] }],
  ['keys counted once', { modules: [...modules, 'res_pjsip_dtmf_info.so'] }],
  ['offers with T.38', { modules: modules.filter((name) => name !== 'res_pjsip_t38.so') }],
  ['refused calls in the log', { modules: modules.filter((name) => name !== 'res_hep_pjsip.so') }],
  ['calls that Asterisk takes', { files: { ...files, 'asterisk.conf': file({ options: {} }) } }],
  [
    'RTP ports',
    { files: { ...files, 'rtp.conf': file({ general: { rtpstart: '10000', rtpend: '10099' } }) } },
  ],
])('%s: reported with %j', (title, facts) => {
  expect(findWrong(checkSip({ ...shippedPbx, ...facts }, 200))).toEqual([title]);
});

test('a phone with a number of its own may be reached from outside', () => {
  const desk = { ...softphone, name: 'desk', callerId: '<0911111111>' };
  expect(findWrong(checkSip({ ...shippedPbx, endpoints: [desk], sipBinds: ['0.0.0.0'] }, 200))).toEqual([]);
});

test('more calls in branch 8 than Asterisk takes or has ports for are reported', () => {
  expect(findWrong(checkSip(shippedPbx, 600))).toEqual(['calls that Asterisk takes', 'RTP ports']);
});
