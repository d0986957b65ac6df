import {
  identifyCaller,
  identityRule,
  tellIdentity,
  type CallerIdentity,
  type IdentityRule,
} from '../../src/hotline/caller-identity.ts';
import type { NumberForms } from '../../src/accounts/phone-number.ts';
import type { CallerClaims } from '../../src/call/channel.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';

const number = '+84912345678';
const asserted = { verdict: 'asserted', phone: number };
const withheld = { verdict: 'withheld', phone: null };
const contradictory = { verdict: 'contradictory', phone: number };
const unasserted = { verdict: 'unasserted', phone: number };
const unattested = { verdict: 'unattested', phone: number };

/** @param pbx the number that was signed, or the one the PBX set for a softphone */
async function judgedWith(pbx: string, rule: IdentityRule, from: string, ...pai: string[]): Promise<object> {
  const channel = new FakeChannel({ callerNumber: pbx });
  channel.claims = { asserted: pai, from };
  channel.signature = { dialled: '19009068', passport: { caller: pbx, called: ['8419009068'] } };
  const { verdict, phone } = await identifyCaller(channel, rule);
  return { verdict, phone };
}

/** Judges a call with the caller ID that the PBX derives from these. */
const judged = (rule: IdentityRule, from: string, ...pai: string[]) =>
  judgedWith(rule === 'asserted' ? '0987654321' : (pai[0] ?? from), rule, from, ...pai);

test.each([
  ['the same number, written differently', '0912345678', ['+84912345678'], asserted],
  ['a sip and a tel number of one person', '+84912345678', ['0912345678', '+84-912-345-678'], asserted],
  [
    'a number from before 2018',
    '0834567890',
    ['01234567890'],
    { verdict: 'asserted', phone: '+84834567890' },
  ],
  ['another number in From', '0987654321', ['0912345678'], contradictory],
  ['a From that is no number', 'trunk', ['0912345678'], contradictory],
  ['two numbers asserted', '0912345678', ['0912345678', '0987654321'], contradictory],
  ['the same number again in re-INVITEs', '0912345678', ['0912345678', '0912345678', '0912345678'], asserted],
  ['another number in a re-INVITE', '0912345678', ['0912345678', '0912345678', '0987654321'], contradictory],
  ['a second one that cannot be read', '0912345678', ['0912345678', ''], contradictory],
  ['an anonymous From', 'Anonymous', ['0912345678'], withheld],
  ['a foreign number', '+66912345678', ['+66912345678'], withheld],
  ['a malformed number', '0912345678', ['0912345678;x'], withheld],
  ['a header that cannot be read', '0912345678', [''], withheld],
])('a carrier that asserts %s', async (_title, from, pai, verdict) => {
  for (const rule of ['pai-required', 'pai-or-from', 'stir-shaken-a'] as const)
    expect(await judged(rule, from, ...pai)).toEqual(verdict);
});

test('a call that began with more assertions than are allowed is contradictory, whatever they say', async () => {
  expect(await judged('contradictory', '0912345678', '0912345678', '0912345678')).toEqual(contradictory);
  expect(await judged('contradictory', '0912345678')).toEqual(unasserted);
});

test('without P-Asserted-Identity, From counts only if the trunk is set so', async () => {
  expect(await judged('pai-required', '0912345678')).toEqual(unasserted);
  expect(await judged('pai-or-from', '0912345678')).toEqual(asserted);
  expect(await judged('stir-shaken-a', '0912345678')).toEqual(asserted);
  expect(await judged('pai-or-from', 'anonymous')).toEqual(withheld);
});

describe('a call that nobody vouches for is found by the number it claims, for which nothing is done', () => {
  const identified = async (rule: IdentityRule, claims: CallerClaims, forms?: NumberForms) => {
    const channel = new FakeChannel({ callerNumber: '' });
    channel.claims = claims;
    return identifyCaller(channel, rule, forms);
  };

  test.each<[what: string, IdentityRule, CallerClaims, object]>([
    [
      'the carrier asserts nothing',
      'unasserted',
      { asserted: [], from: '0912345678' },
      { ...unasserted, reason: 'the carrier asserts no number' },
    ],
    [
      'what it asserts came later, within the call',
      'unasserted',
      { asserted: ['0987654321'], from: '0912345678' },
      { ...unasserted, reason: 'the carrier asserts no number' },
    ],
    [
      'it is not signed',
      'unsigned',
      { asserted: ['0912345678'], from: '0987654321' },
      { ...unattested, reason: 'the call is not signed with attestation A' },
    ],
    [
      'the answers go elsewhere',
      'pai-required',
      { asserted: [], from: '0912345678', isAnsweredElsewhere: true },
      { ...unattested, reason: 'the answers go to another address than the call came from' },
    ],
    [
      'the number has no 0, on a trunk that is not set so',
      'pai-required',
      { asserted: ['912345678'], from: '912345678' },
      { ...unattested, reason: 'the number is written as by HOTLINE_NUMBERS=national' },
    ],
  ])('%s', async (_what, rule, claims, identity) => {
    expect(await identified(rule, claims)).toEqual(identity);
  });

  test('in the form that the trunk is set to', async () => {
    const claims = { asserted: [], from: '912345678' };
    expect(await identified('unasserted', claims, 'national')).toMatchObject(unasserted);
  });

  test.each(['unasserted', 'unsigned'] as const)('but not where it was withheld: %s', async (rule) => {
    expect(await identified(rule, { asserted: [number], from: 'Anonymous' })).toEqual({
      ...withheld,
      reason: 'From is anonymous',
    });
  });

  test.each(['unasserted', 'unsigned'] as const)('nor where it is none: %s', async (rule) => {
    expect(await identified(rule, { asserted: [], from: '+66912345678' })).toMatchObject({ phone: null });
  });
});

test('a signed call is identified by the number signed, not by another one beside it', async () => {
  for (const signed of ['0987654321', '', 'anonymous']) {
    expect(await judgedWith(signed, 'stir-shaken-a', '0912345678')).toEqual(unattested);
    expect(await judgedWith(signed, 'stir-shaken-a', '0912345678', '0912345678')).toEqual(unattested);
  }
  expect(await judgedWith('0912345678', 'stir-shaken-a', '0912345678')).toEqual(asserted);
  expect(await judgedWith('0912345678', 'stir-shaken-a', '0987654321', '0912345678')).toEqual(contradictory);
});

test('a caller who has the responses sent elsewhere is not believed, under any rule that looks at the call', async () => {
  for (const rule of ['pai-required', 'pai-or-from', 'stir-shaken-a'] as const) {
    const channel = new FakeChannel({ callerNumber: number });
    channel.claims = { asserted: [number], from: number, isAnsweredElsewhere: true };
    channel.signature = { dialled: '19009068', passport: { caller: number, called: ['19009068'] } };
    expect(await identifyCaller(channel, rule)).toMatchObject(unattested);
    channel.claims = { asserted: [number], from: number };
    expect(await identifyCaller(channel, rule)).toMatchObject(asserted);
  }
});

test('a call that came to hotline-identity already answered is believed nothing, and its record says so', async () => {
  const channel = new FakeChannel({ callerNumber: number });
  channel.claims = { asserted: [number], from: number };
  expect(await identifyCaller(channel, identityRule('answered'))).toEqual({
    verdict: 'unattested',
    phone: null,
    reason: 'the dialplan answered the call before hotline-identity',
  });
});

describe('a signed call', () => {
  const judgedFor = async (dialled: string, ...signed: string[]): Promise<CallerIdentity> => {
    const channel = new FakeChannel({ callerNumber: number });
    channel.claims = { asserted: [], from: number };
    channel.signature = { dialled, passport: { caller: number, called: signed } };
    return identifyCaller(channel, 'stir-shaken-a');
  };
  const elsewhere = { ...unattested, reason: 'the signature is for a call to another number' };

  test.each([
    ['the number dialled', '19009068', ['19009068']],
    ['the number dialled, in E.164', '19009068', ['8419009068']],
    ['the number dialled, as people write it', '+8419009068', ['1900.9068']],
    ['the number dialled, among others', '19009068', ['842438223344', '8419009068']],
    ['a landline', '02838445566', ['842838445566']],
  ])('for %s is served', async (_title, dialled, signed) => {
    expect(await judgedFor(dialled, ...signed)).toMatchObject(asserted);
  });

  test.each([
    ['another number', '19009068', ['842438223344']],
    ['no number', '19009068', []],
    ['a text', '19009068', ['hotline', '', '19009068\n', '19009068;x', '+19009068']],
    ['a text that is not a number, like the extension that was dialled', 's', ['s']],
    ['nothing, when the number dialled is unknown too', '', ['']],
    ['a number that the carrier has rewritten', '842838445566', ['8419009068']],
  ])('for %s identifies no caller', async (_title, dialled, signed) => {
    expect(await judgedFor(dialled, ...signed)).toEqual(elsewhere);
  });

  test('is identified by the number signed, whatever the PBX shows by now: that can change in the middle of a call', async () => {
    const channel = new FakeChannel({ callerNumber: number });
    channel.claims = { asserted: [], from: number };
    channel.signature = { dialled: '19009068', passport: { caller: '84987654321', called: ['8419009068'] } };
    expect(await identifyCaller(channel, 'stir-shaken-a')).toEqual({
      ...unattested,
      reason: 'another number is signed',
    });
  });

  test('whose signature cannot be read identifies no caller', async () => {
    const channel = new FakeChannel({ callerNumber: number });
    channel.claims = { asserted: [], from: number };
    channel.signature = { dialled: '19009068', passport: null };
    expect(await identifyCaller(channel, 'stir-shaken-a')).toEqual({
      ...unattested,
      reason: 'what was signed cannot be read',
    });
  });

  test('is judged by what was signed under no other rule', async () => {
    const channel = new FakeChannel({ callerNumber: number });
    channel.claims = { asserted: [number], from: number };
    channel.readSignature = () => Promise.reject(new Error('not asked for'));
    for (const rule of ['asserted', 'pai-required', 'pai-or-from'] as const)
      expect(await identifyCaller(channel, rule)).toMatchObject(asserted);
  });
});

test('a softphone is identified by the number that the PBX gave it, whatever its headers say', async () => {
  expect(await judged('asserted', '0912345678', '0912345678')).toEqual({
    verdict: 'asserted',
    phone: '+84987654321',
  });
});

test('an unknown rule trusts no caller', async () => {
  for (const argument of [undefined, '', 'PAI-REQUIRED', 'always', 'pai-or-from ']) {
    expect(await judged(identityRule(argument), '0912345678', '0912345678')).toEqual({
      verdict: 'unattested',
      phone: null,
    });
  }
});

test.each<[string, CallerIdentity, string, object]>([
  [
    'certain',
    { verdict: 'asserted', phone: number },
    '0912345678',
    { verdict: 'asserted', number: 'certain' },
  ],
  ['not the one believed', { verdict: 'asserted', phone: number }, '0987654321', { verdict: 'asserted' }],
  [
    'contradicted',
    { verdict: 'contradictory', phone: number, reason: 'several numbers are asserted' },
    '0912345678',
    { verdict: 'contradictory' },
  ],
  [
    'only claimed',
    { verdict: 'unasserted', phone: number, reason: 'the carrier asserts no number' },
    '0912345678',
    { verdict: 'unasserted' },
  ],
  [
    'withheld',
    { verdict: 'withheld', phone: null, reason: 'From is anonymous' },
    '',
    { verdict: 'withheld' },
  ],
])(
  'an operator sees the number that the PBX shows only if it is certain: one that is %s',
  (_what, identity, shown, told) => {
    expect(tellIdentity(identity, shown)).toEqual(told);
  },
);
