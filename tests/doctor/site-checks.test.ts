import type { Step } from '../../src/doctor/pbx-facts.ts';
import { checkSite } from '../../src/doctor/site-checks.ts';
import { dialplan, include, shippedPbx, step } from './shipped-pbx.ts';

const fee = 'announcement of the fee';
const findings = (...steps: Step[]) => checkSite({ ...shippedPbx, dialplan: [...dialplan, ...steps] });
const verdicts = (...steps: Step[]) =>
  findings(...steps)
    .filter(({ title }) => title !== fee)
    .map(({ verdict }) => verdict);

test('an admin without steps and menu of their own has nothing to check of them', () => {
  expect(verdicts()).toEqual([]);
});

test.each<[verdict: string, leads: string, steps: Step[]]>([
  ['ok', 'leads on to it', [step('hotline-site-before-menu', 's', 'Goto(hotline-menu,s,answer)')]],
  ['danger', 'hangs up always', [step('hotline-site-before-menu', 's', 'Hangup(17)')]],
])('steps before the menu: %s where their context %s', (verdict, _leads, steps) => {
  expect(verdicts(...steps)).toEqual([verdict]);
});

test.each<[verdict: string, leads: string, steps: Step[]]>([
  ['ok', 'leads to branch 8', [step('hotline-site-menu', 's', 'Goto(hotline-branches,${KEY},1)')]],
  [
    'ok',
    'leads there by another context',
    [step('hotline-site-menu', 's', 'Goto(keys,${KEY},1)'), step('keys', '8', 'Goto(hotline-branches,8,1)')],
  ],
  ['ok', 'names it', [step('hotline-site-menu', 's', 'Goto(hotline-application,reset,1)')]],
  [
    'ok',
    'names it as menus did that knew one branch',
    [step('hotline-site-menu', 's', 'Goto(hotline-application,s,1)')],
  ],
  ['ok', 'has it keyed', [step('hotline-site-menu', 's', 'GotoIf(${X}?hotline-application,${BRANCH},1)')]],
  ['ok', 'includes it', [include('hotline-site-menu', 'hotline-application')]],
  ['ok', 'has a copy', [step('hotline-site-menu', 's', 'Stasis(hotline,reset,${HOTLINE_IDENTITY})')]],
  [
    'danger',
    'leads to another branch only',
    [
      step('hotline-site-menu', 's', 'Goto(hotline-application,office-hours,1)'),
      step('hotline-site-menu', 's', 'Stasis(hotline,office-hours,${HOTLINE_IDENTITY})'),
    ],
  ],
  ['danger', 'leads elsewhere only', [step('hotline-site-menu', 's', 'Goto(hotline-goodbye,s,1)')]],
])('a menu of their own: %s where it %s', (verdict, _leads, steps) => {
  expect(verdicts(...steps)).toEqual([verdict]);
});

describe('whether callers are told what the call costs', () => {
  const ownMenu = (reads: string) => [
    step('hotline-site-menu', 's', `Read(KEY,${reads},1)`),
    step('hotline-site-menu', 's', 'Goto(hotline-branches,${KEY},1)'),
  ];
  const checkFee = (feeAnnouncement: string, ...steps: Step[]) =>
    checkSite({ ...shippedPbx, feeAnnouncement, dialplan: [...dialplan, ...steps] }).find(
      ({ title }) => title === fee,
    );

  test('is off as shipped', () => {
    expect(findings()).toEqual([{ title: fee, verdict: 'ok', detail: 'off' }]);
  });

  test.each(['yes', 'no', ''])('may be %j', (value) => {
    expect(checkFee(value)).toMatchObject({ verdict: 'ok' });
  });

  test.each(['Yes', 'true', '1', 'có'])(
    'is not known from %j, and the finding says what is allowed',
    (value) => {
      expect(checkFee(value)).toEqual({
        title: fee,
        verdict: 'danger',
        detail: 'neither yes nor no, so callers are not told',
        change: 'extensions-site.conf: HOTLINE_FEE_ANNOUNCEMENT = yes, or = no',
      });
    },
  );

  test('is up to a menu of their own, where they have one', () => {
    expect(checkFee('yes', ...ownMenu('my-menu'))).toMatchObject({ verdict: 'warning' });
    expect(checkFee('no', ...ownMenu('my-menu'))).toMatchObject({ verdict: 'ok' });
    expect(checkFee('yes', ...ownMenu('hotline/fee&my-menu'))).toMatchObject({ verdict: 'ok' });
  });
});
