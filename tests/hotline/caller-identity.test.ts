import { identifyCaller, identityRule, type IdentityRule } from '../../src/hotline/caller-identity.ts';
import { FakeChannel } from '../support/fake-channel.ts';

const number = '+84912345678';
const asserted = { verdict: 'asserted', phone: number };
const withheld = { verdict: 'withheld', phone: null };
const contradictory = { verdict: 'contradictory', phone: number };

/** `callerNumber` is the PBX's own caller ID: what it compares with a signature, and what it has fixed for a softphone. */
async function judgedWith(callerNumber: string, rule: IdentityRule, from: string, ...pai: string[]): Promise<object> {
  const channel = new FakeChannel({ callerNumber });
  channel.claims = { asserted: pai, from };
  const { verdict, phone } = await identifyCaller(channel, rule);
  return { verdict, phone };
}

/** With the caller ID that the PBX makes of these. */
const judged = (rule: IdentityRule, from: string, ...pai: string[]) => judgedWith(rule === 'asserted' ? '0987654321' : (pai[0] ?? from), rule, from, ...pai);

test.each([
  ['the same number, written differently', '0912345678', ['+84912345678'], asserted],
  ['a sip and a tel number of one person', '+84912345678', ['0912345678', '+84-912-345-678'], asserted],
  ['a number from before 2018', '0834567890', ['01234567890'], { verdict: 'asserted', phone: '+84834567890' }],
  ['another number in From', '0987654321', ['0912345678'], contradictory],
  ['a From that is no number', 'trunk', ['0912345678'], contradictory],
  ['two numbers asserted', '0912345678', ['0912345678', '0987654321'], contradictory],
  ['a second one that cannot be read', '0912345678', ['0912345678', ''], contradictory],
  ['an anonymous From', 'Anonymous', ['0912345678'], withheld],
  ['a foreign number', '+66912345678', ['+66912345678'], withheld],
  ['a malformed number', '0912345678', ['0912345678;x'], withheld],
  ['a header that cannot be read', '0912345678', [''], withheld],
])('a carrier that asserts %s', async (_title, from, pai, verdict) => {
  for (const rule of ['pai-required', 'pai-or-from', 'stir-shaken-a'] as const) expect(await judged(rule, from, ...pai)).toEqual(verdict);
});

test('without P-Asserted-Identity From counts only where the trunk is set so', async () => {
  expect(await judged('pai-required', '0912345678')).toEqual(withheld);
  expect(await judged('pai-or-from', '0912345678')).toEqual(asserted);
  expect(await judged('stir-shaken-a', '0912345678')).toEqual(asserted);
  expect(await judged('pai-or-from', 'anonymous')).toEqual(withheld);
});

test('a signed call is the number signed, not another one beside it', async () => {
  const unattested = { verdict: 'unattested', phone: null };
  for (const signed of ['0987654321', '', 'anonymous']) {
    expect(await judgedWith(signed, 'stir-shaken-a', '0912345678')).toEqual(unattested);
    expect(await judgedWith(signed, 'stir-shaken-a', '0912345678', '0912345678')).toEqual(unattested);
  }
  expect(await judgedWith('0912345678', 'stir-shaken-a', '0912345678')).toEqual(asserted);
  expect(await judgedWith('0912345678', 'stir-shaken-a', '0987654321', '0912345678')).toEqual(contradictory);
});

test('a softphone is the number the PBX gave it, whatever its headers say', async () => {
  expect(await judged('asserted', '0912345678', '0912345678')).toEqual({ verdict: 'asserted', phone: '+84987654321' });
});

test('a rule that is none believes nobody', async () => {
  for (const argument of [undefined, '', 'PAI-REQUIRED', 'always', 'pai-or-from ']) {
    expect(await judged(identityRule(argument), '0912345678', '0912345678')).toEqual({ verdict: 'unattested', phone: null });
  }
});
