import { checkCarriers, outboundReasons, trunkReasons } from '../../src/doctor/carrier-checks.ts';
import { reasons } from '../../src/hotline/ending.ts';
import type { EndingCount } from '../../src/mysql/database/database-facts.ts';

const served: EndingCount = {
  outcome: 'changed',
  reason: 'heard, then stored',
  identity: 'asserted',
  number: 90,
};
const unasserted = (number: number): EndingCount => ({
  outcome: 'no-identity',
  reason: 'the carrier asserts no number',
  identity: 'unasserted',
  number,
});
const notAnswered = (reason: string, number = 1): EndingCount => ({
  outcome: 'not-answered',
  reason,
  identity: null,
  number,
});

test.each<[what: string, EndingCount[], object]>([
  ['no calls', [], { verdict: 'ok', detail: '0 in 24 hours' }],
  ['calls that are named', [served], { verdict: 'ok', detail: '90 in 24 hours' }],
  ['a few that claim a number', [served, unasserted(10)], { verdict: 'ok' }],
  [
    'more of them',
    [served, unasserted(11)],
    { verdict: 'warning', detail: '90 in 24 hours, and the carrier asserts no number (11)' },
  ],
  [
    'none that is named',
    [unasserted(1)],
    { verdict: 'danger', change: expect.stringContaining('When nobody is believed') },
  ],
  [
    'callers who withhold theirs',
    [{ ...unasserted(5), reason: 'From is anonymous', identity: 'withheld' }],
    { verdict: 'ok' },
  ],
])('whom the carrier names, of %s', (_what, endings, finding) => {
  expect(checkCarriers(endings)[0]).toMatchObject(finding);
});

test.each<[what: string, EndingCount[], object]>([
  ['none', [], { verdict: 'ok' }],
  [
    'some that reached the phone',
    [notAnswered('busy'), notAnswered('no answer'), notAnswered('no key was pressed')],
    { verdict: 'ok' },
  ],
  [
    'refused ones',
    [
      notAnswered('refused by the carrier: SIP 403', 2),
      notAnswered('refused by the carrier: cause 21'),
      notAnswered('carrier not reached'),
    ],
    {
      verdict: 'warning',
      detail:
        'not taken in 24 hours: refused by the carrier: SIP 403 (2), refused by the carrier: cause 21 (1), carrier not reached (1)',
    },
  ],
])('calls back, of %s', (_what, endings, finding) => {
  expect(checkCarriers(endings)[1]).toMatchObject(finding);
});

test('every reason that is counted is one that a call can end with', () => {
  expect(reasons['no-identity']).toEqual(expect.arrayContaining([...trunkReasons]));
  for (const counted of outboundReasons)
    expect(reasons['not-answered'].some((reason) => reason.startsWith(counted))).toBe(true);
});
