import { checkChannelEvents, checkDetailRecords } from '../../src/doctor/detail-records.ts';
import type { PbxFacts, Step } from '../../src/doctor/pbx-facts.ts';
import { dialplan, file, shippedPbx, step } from './shipped-pbx.ts';

const recording: PbxFacts = { ...shippedPbx, writesDetailRecords: true };
const withSteps = (...steps: Step[]): PbxFacts => ({ ...recording, dialplan: [...dialplan, ...steps] });

describe('call detail records', () => {
  test('of a PBX that bills are fine: calls of the hotline switch theirs off', () => {
    expect(checkDetailRecords(recording)).toMatchObject({
      verdict: 'ok',
      detail: 'on, but not for calls of the hotline',
    });
    expect(checkDetailRecords(shippedPbx)).toMatchObject({ verdict: 'ok', detail: 'off' });
  });

  test('that an operator or a branch switches on again are named', () => {
    const pbx = withSteps(
      step('hotline-operator', 's', 'Set(CDR_PROP(disable)=0)'),
      step('office', 's', 'Set(CDR_PROP(disable)=0)'), // no caller of the hotline gets there
    );
    expect(checkDetailRecords(pbx)).toMatchObject({
      verdict: 'ok',
      detail: 'on, but not for calls of the hotline; on again in [hotline-operator]',
    });
  });

  test.each(['hotline-identity', 'hotline-menu', 'hotline-application', 'hotline-call-back'])(
    'are a danger where [%s] is of before they were switched off',
    (context) => {
      const old = dialplan.filter((each) => each.context !== context || !each.does.includes('CDR_PROP'));
      expect(checkDetailRecords({ ...recording, dialplan: old })).toMatchObject({
        verdict: 'danger',
        detail: `on for [${context}]`,
        change: expect.stringContaining('cdr.conf: enable = no'),
      });
    },
  );

  test('are a danger for a branch 8 in a context of the admin that does not switch them off', () => {
    const pbx = withSteps(step('my-branch-8', 's', 'Stasis(hotline,reset,${HOTLINE_IDENTITY})'));
    expect(checkDetailRecords(pbx)).toMatchObject({ verdict: 'danger', detail: 'on for [my-branch-8]' });
  });

  const off = 'Set(CDR_PROP(disable)=1)';
  const serve = 'Stasis(hotline,reset,${HOTLINE_IDENTITY})';

  test.each([
    ['behind Stasis', [serve, off]],
    ['and on again before Stasis', [off, 'Set(CDR_PROP(disable)=0)', serve]],
  ])('are a danger where they are switched off %s', (_where, steps) => {
    const pbx = withSteps(...steps.map((does) => step('my-branch-8', 's', does)));
    expect(checkDetailRecords(pbx)).toMatchObject({ verdict: 'danger', detail: 'on for [my-branch-8]' });
  });

  test('are a danger where another extension of the context switches them off', () => {
    const pbx = withSteps(step('my-branch-8', 's', off), step('my-branch-8', '8', serve));
    expect(checkDetailRecords(pbx)).toMatchObject({ verdict: 'danger', detail: 'on for [my-branch-8]' });
  });

  test('are fine in a context of the admin that switches them off before the application serves', () => {
    const pbx = withSteps(...['NoOp()', off, serve].map((does) => step('my-branch-8', 's', does)));
    expect(checkDetailRecords(pbx)).toMatchObject({ verdict: 'ok' });
  });

  test('are a danger without the function that switches them off', () => {
    const modules = recording.modules.filter((name) => name !== 'func_cdr.so');
    expect(checkDetailRecords({ ...recording, modules })).toMatchObject({
      verdict: 'danger',
      detail: 'func_cdr.so is not loaded',
    });
  });
});

test.each<[verdict: string, settings: Record<string, string>]>([
  ['danger', { enable: 'yes', events: 'CHAN_START,HANGUP' }],
  ['ok', { enable: 'yes' }],
  ['ok', { enable: 'no', events: 'ALL' }],
  ['ok', {}],
])('channel event logging is %s with %j, since nothing switches it off for one call', (verdict, general) => {
  const files = { ...shippedPbx.files, 'cel.conf': file({ general }) };
  expect(checkChannelEvents({ ...shippedPbx, files }).verdict).toBe(verdict);
});
