import type { Endpoint, PbxFacts, Step } from '../../src/doctor/pbx-facts.ts';
import { checkCallBack, checkTrunks } from '../../src/doctor/trunk-checks.ts';
import { findWrong, dialplan, include, shippedPbx, softphone, step, trunk, trunkOut } from './shipped-pbx.ts';

const dangers = (pbx: PbxFacts) =>
  checkTrunks(pbx)
    .filter(({ verdict }) => verdict === 'danger')
    .map(({ title }) => title);
const withEndpoint = (endpoint: Endpoint): PbxFacts => ({ ...shippedPbx, endpoints: [endpoint] });
const withSteps = (...steps: Step[]): PbxFacts => ({ ...shippedPbx, dialplan: [...dialplan, ...steps] });

describe('who may say who is calling', () => {
  test('the shipped trunk and softphones are fine, and each is checked; the trunk that only calls out is not', () => {
    const findings = checkTrunks(shippedPbx);
    expect(findWrong(findings)).toEqual([]);
    expect(findings.map(({ title }) => title)).toEqual([
      'identity of trunk',
      'way of trunk to hotline-identity',
      'what callers of trunk can reach',
      'numbers called over trunk',
      'identity of 6001',
      'identity of 6002',
    ]);
  });

  test.each<[string, Endpoint]>([
    ['a softphone without a fixed caller ID', { ...softphone, callerId: '' }],
    ['a softphone that may claim another number', { ...softphone, trustsClaims: true }],
    [
      'a phone identified only by its password that may assert numbers',
      { ...softphone, rule: 'pai-required' },
    ],
    ['a trunk whose every claim is trusted', { ...trunk, rule: 'asserted' }],
    ['a trunk that matches every address', { ...trunk, matches: ['0.0.0.0/0.0.0.0'] }],
    ['a trunk that matches every address, as a prefix', { ...trunk, matches: ['0.0.0.0/0'] }],
    ['a trunk that matches a whole network', { ...trunk, matches: ['10.0.0.0/255.0.0.0'] }],
    ['a trunk that matches all of IPv6', { ...trunk, matches: ['::/0'] }],
    ['a trunk that bypasses the checks of Privacy and signatures', { ...trunk, context: 'from-softphone' }],
    ['strangers', { ...trunk, name: 'anonymous', matches: [] }],
  ])('%s is dangerous', (_what, endpoint) => {
    expect(dangers(withEndpoint(endpoint))).toEqual([`identity of ${endpoint.name}`]);
  });

  test.each<[string, Endpoint]>([
    ['From is trusted', { ...trunk, rule: 'pai-or-from' }],
    ['signatures are required, and nothing can verify them', { ...trunk, rule: 'stir-shaken-a' }],
    ['no caller is trusted', { ...softphone, rule: '' }],
    ['the rule is misspelt', { ...trunk, rule: 'pai' }],
    ['the form of numbers is misspelt', { ...trunk, numbers: 'nation' }],
  ])('%s: a warning', (_what, endpoint) => {
    const [finding] = checkTrunks(withEndpoint(endpoint));
    expect(finding).toMatchObject({
      title: `identity of ${endpoint.name}`,
      verdict: 'warning',
      change: expect.stringContaining(`[${endpoint.name}]`),
    });
  });

  test('a trunk without a rule that passes through the identity context gets the strictest one, and signatures count where they are verified', () => {
    expect(findWrong(checkTrunks(withEndpoint({ ...trunk, rule: '' })))).toEqual([]);
    const modules = ['res_stir_shaken.so', 'res_pjsip_stir_shaken.so'];
    expect(findWrong(checkTrunks({ ...withEndpoint({ ...trunk, rule: 'stir-shaken-a' }), modules }))).toEqual(
      [],
    );
  });
});

test('a called number with parameters gets 404 unless they are ignored: a warning for each trunk in, and for no phone', () => {
  expect(findWrong(checkTrunks({ ...shippedPbx, ignoresUserOptions: false }))).toEqual([
    'numbers called over trunk',
  ]);
});

describe('what callers of a trunk can reach', () => {
  const title = 'what callers of trunk can reach';

  test.each<[string, Step[]]>([
    ['a number that the caller chose', [step('from-trunk', '_X.', 'Dial(PJSIP/${EXTEN}@trunk-out)')]],
    [
      'the context that calls back',
      [step('hotline-site-branches', '1', 'Goto(hotline-call-back,${EXTEN},1)')],
    ],
    [
      'a dial within an ExecIf',
      [step('hotline-operator', 's', 'ExecIf($[1]?Dial(PJSIP/${NUMBER}@trunk-out))')],
    ],
    [
      'a dial by way of an include',
      [include('from-trunk', 'outbound'), step('outbound', '_X.', 'Dial(PJSIP/${EXTEN}@carrier,30)')],
    ],
    ['a program', [step('hotline-site-branches', '2', 'System(/usr/local/bin/report ${CALLERID(num)})')]],
    ['a recording', [step('hotline-operator', 's', 'MixMonitor(/tmp/call.wav)')]],
  ])('%s is dangerous', (_what, steps) => {
    expect(dangers(withSteps(...steps))).toEqual([title]);
  });

  test('an operator at one fixed place is not reported, nor is a context that no trunk leads to', () => {
    const pbx = withSteps(
      step('hotline-operator', 's', 'Dial(PJSIP/6002,30)'),
      step('office', '_X.', 'Dial(PJSIP/${EXTEN}@trunk-out)'),
    );
    expect(dangers(pbx)).toEqual([]);
  });
});

describe('a call-back that is promised', () => {
  const carrier = (status: string) => ({ contacts: [{ uri: 'sip:198.51.100.7', status }] });
  const withOut = (changes: Partial<Endpoint>): PbxFacts => ({
    ...shippedPbx,
    endpoints: [{ ...trunkOut, ...changes }],
  });

  test('can be made if the outbound trunk answers, or if that is unknown', () => {
    expect(checkCallBack(withOut(carrier('Reachable')), 'risk')).toMatchObject({
      verdict: 'ok',
      detail: 'risk, by trunk-out',
    });
    expect(checkCallBack(withOut(carrier('NonQualified')), 'always')).toMatchObject({ verdict: 'ok' });
  });

  test("leaves through the admin's own endpoint, where HOTLINE_CALLS_TRUNK names it", () => {
    const pbx = { ...withOut({ ...carrier('Reachable'), name: 'viettel' }), callsTrunk: 'viettel' };
    expect(checkCallBack(pbx, 'risk')).toMatchObject({ verdict: 'ok', detail: 'risk, by viettel' });
    expect(checkCallBack({ ...pbx, callsTrunk: 'vietel' }, 'risk')).toMatchObject({
      verdict: 'danger',
      detail: 'risk, but there is no endpoint vietel',
      change: expect.stringContaining('HOTLINE_CALLS_TRUNK'),
    });
    expect(checkCallBack({ ...withOut(carrier('Reachable')), callsTrunk: '' }, 'risk').verdict).toBe('ok');
  });

  test('is not looked for if it is off', () => {
    expect(checkCallBack({ ...shippedPbx, endpoints: [], dialplan: [] }, 'off').verdict).toBe('ok');
  });

  test.each<[string, PbxFacts]>([
    [
      'the context is not included',
      { ...shippedPbx, dialplan: dialplan.filter(({ context }) => context !== 'hotline-call-back') },
    ],
    ['there is no outbound trunk', { ...shippedPbx, endpoints: [trunk] }],
    ['the outbound trunk has no contact', withOut({ contacts: [] })],
    ['the outbound trunk does not answer', withOut(carrier('Unreachable'))],
    [
      'any number can be dialled',
      withSteps(step('hotline-call-back', '_X.', 'Dial(PJSIP/+${EXTEN}@trunk-out,60)')),
    ],
  ])('cannot be made when %s: a danger', (_why, pbx) => {
    expect(checkCallBack(pbx, 'risk')).toMatchObject({
      verdict: 'danger',
      change: expect.stringContaining('CALL_BACK=off'),
    });
  });

  test('goes to a phone of the tests, as shipped: a warning', () => {
    expect(checkCallBack(shippedPbx, 'risk').verdict).toBe('warning');
  });
});
