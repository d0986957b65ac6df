import { checkNeededModules } from '../../src/doctor/module-checks.ts';
import type { Endpoint, PbxFacts } from '../../src/doctor/pbx-facts.ts';
import { dialplan, shippedPbx, softphone, step, trunk, trunkOut } from './shipped-pbx.ts';

const without = (...names: string[]): PbxFacts => ({
  ...shippedPbx,
  modules: shippedPbx.modules.filter((module) => !names.includes(module.replace('.so', ''))),
});
const missing = (pbx: PbxFacts) => checkNeededModules(pbx).detail;
const withEndpoint = (base: Endpoint, changes: Partial<Endpoint>): PbxFacts => ({
  ...shippedPbx,
  endpoints: [...shippedPbx.endpoints.filter(({ name }) => name !== base.name), { ...base, ...changes }],
});

test('the shipped Asterisk has what its files ask for', () => {
  expect(checkNeededModules(shippedPbx)).toMatchObject({ verdict: 'ok', detail: 'all there' });
});

const ofDialplan = shippedPbx.modules
  .map((module) => module.replace('.so', ''))
  .filter((name) => /^(app|func|bridge)_/.test(name) && name !== 'func_export'); // for the application, not for a step
/** With an operator who asks the calendar. */
const asking = [...dialplan, step('hotline-operator', 's', 'Gosub(hotline-hours,s,1)')];
test.each(ofDialplan)('%s, which steps of the shipped dialplan use, is missed', (name) => {
  expect(missing({ ...without(name), dialplan: asking })).toContain(`missing: ${name}.so (`);
});

test.each<[string, PbxFacts, string]>([
  [
    'outbound_auth on the trunk of call-backs',
    {
      ...withEndpoint(trunkOut, { outboundAuth: 'carrier' }),
      modules: without('res_pjsip_outbound_authenticator_digest').modules,
    },
    'res_pjsip_outbound_authenticator_digest.so (outbound_auth of trunk-out)',
  ],
  [
    'a registration at the carrier',
    {
      ...without('res_pjsip_outbound_registration'),
      sections: { ...shippedPbx.sections, registration: ['carrier'] },
    },
    'res_pjsip_outbound_registration.so (type = registration: carrier)',
  ],
  [
    'an operator who bills',
    { ...shippedPbx, dialplan: [...dialplan, step('hotline-operator', 's', 'ResetCDR()')] },
    'app_cdr.so (ResetCDR)',
  ],
  [
    'media encryption on a trunk',
    withEndpoint(trunk, { encryption: 'sdes' }),
    'res_srtp.so (media_encryption of trunk)',
  ],
  [
    'the password of a softphone',
    { ...shippedPbx, endpoints: [softphone], modules: without('res_pjsip_authenticator_digest').modules },
    'res_pjsip_authenticator_digest.so (auth of 6001)',
  ],
  [
    'the addresses of a trunk',
    without('res_pjsip_endpoint_identifier_ip'),
    'res_pjsip_endpoint_identifier_ip.so (type = identify: trunk)',
  ],
  [
    'phones in a browser',
    { ...shippedPbx, sipProtocols: ['udp', 'wss'] },
    'res_pjsip_transport_websocket.so (a transport over WebSocket)',
  ],
  [
    'an operator in a queue',
    { ...shippedPbx, dialplan: [...dialplan, step('hotline-operator', 's', 'Queue(operators)')] },
    'app_queue.so (Queue)',
  ],
])('%s without its module is a danger that names both', (_what, pbx, detail) => {
  expect(checkNeededModules(pbx)).toMatchObject({
    verdict: 'danger',
    detail: `missing: ${detail}`,
    change: expect.stringContaining('modules.conf: require = '),
  });
});

test('what the rest of a PBX is configured for is not asked about', () => {
  const other = { ...trunk, name: 'office', context: 'office', encryption: 'sdes' };
  expect(
    checkNeededModules({
      ...shippedPbx,
      endpoints: [...shippedPbx.endpoints, other],
      dialplan: [...dialplan, step('office', 's', 'VoiceMail(100)')],
    }).verdict,
  ).toBe('ok');
});
