import type { Step } from '../../src/doctor/pbx-facts.ts';
import { checkSite } from '../../src/doctor/site-checks.ts';
import { dialplan, include, shippedPbx, step } from './shipped-pbx.ts';

const verdicts = (...steps: Step[]) =>
  checkSite({ ...shippedPbx, dialplan: [...dialplan, ...steps] }).map(({ verdict }) => verdict);

test('an admin without steps and menu of their own has nothing to check', () => {
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
