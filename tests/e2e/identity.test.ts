/**
 * Whose word about the caller's number is trusted: every source of a call × every way to claim a
 * number, over real SIP. Each call claims the victim's number and keys the victim's code; only the
 * carrier's own assertion may reset anything.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CallRefused, TargetUnavailable } from '../../src/sip-caller/call-errors.ts';
import type { CallerIdentity } from '../../src/sip-caller/identity.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { hotlineEnvironment, processOf, runStateDirectory } from '../support/machine/hotline-under-test.ts';
import { auditOf, callFrom, enterCode } from '../support/machine/phone-call.ts';

let pids: number[];
const services = ['application', 'pbx', 'database'] as const;

beforeAll(() => {
  pids = services.map(processOf);
});

afterAll(async () => {
  expect(services.map(processOf)).toEqual(pids);
  await closeRegistryDatabase();
});

type Claim = (victim: string) => CallerIdentity;

/** A number that is not in the registry, and a mark to look for in the logs. */
const stranger = '0911000000';
const mark = 'INJECTED-LINE';

/** @param assertions one header each */
function asserting(from: string, ...assertions: readonly string[]): CallerIdentity {
  return { from, headers: assertions.map((assertion) => ['P-Asserted-Identity', assertion]) };
}

/** Ways to claim a number that the carrier does not assert. */
const unasserted: Record<string, Claim> = {
  'From alone': (from) => ({ from, pai: null }),
  'From and Remote-Party-ID': (from) => ({
    from,
    pai: null,
    headers: [['Remote-Party-ID', `<sip:${from}@127.0.0.2>;party=calling;screen=yes;privacy=off`]],
  }),
  'Remote-Party-ID alone': (from) => ({
    from: 'anonymous',
    pai: null,
    headers: [['Remote-Party-ID', `<sip:${from}@127.0.0.2>;party=calling;screen=yes;privacy=off`]],
  }),
  'Diversion and History-Info': (from) => ({
    from,
    pai: null,
    headers: [
      ['Diversion', `<sip:${from}@127.0.0.2>;reason=unconditional`],
      ['History-Info', `<sip:${from}@127.0.0.2>;index=1`],
    ],
  }),
  'P-Preferred-Identity': (from) => ({
    from,
    pai: null,
    headers: [['P-Preferred-Identity', `<sip:${from}@127.0.0.2>`]],
  }),
  'an anonymous call': () => ({ from: 'anonymous', withheld: true }),
  'Privacy without an assertion': (from) => ({ from, pai: null, headers: [['Privacy', 'id']] }),
};

/** Assertions that must not count. */
const unusable: Record<string, Claim> = {
  'a private assertion': (from) => ({ from, headers: [['Privacy', 'id']] }),
  'a private and critical assertion': (from) => ({ from, headers: [['Privacy', 'user;id;critical']] }),
  'an assertion with an anonymous From': (from) => ({ from: 'anonymous', pai: from }),
  'a foreign assertion': () => ({ from: '+66912345678' }),
  'an unreadable assertion with Remote-Party-ID': (from) => ({
    from,
    headers: [
      ['P-Asserted-Identity', '<<sip:'],
      ['Remote-Party-ID', `<sip:${from}@127.0.0.2>;party=calling;screen=yes`],
    ],
  }),
  'an unreadable assertion before a good one': (from) =>
    asserting(from, '<http://x>', `<sip:${from}@127.0.0.2>`),
  'an assertion whose display name is the number': (from) =>
    asserting(from, `"${from}" <sip:carrier@127.0.0.2>`),
  'an assertion whose display name is an identity': (from) =>
    asserting(from, `"a <sip:${from}@127.0.0.2>" <sip:carrier@127.0.0.2>`),
  'dialplan text': () => ({ from: '${SHELL(touch /tmp/hotline-injected)}' }),
  'an expression': () => ({ from: '0" = "0" | "' }),
  'a function of the PBX': () => ({ from: '0)}${CALLERID(name)}', displayName: '${SYSTEM(id)}' }),
  'an assertion that is dialplan text': (from) => asserting(from, '<sip:${CALLERID(num)}@127.0.0.2>'),
  'line breaks': (from) => ({ from: `${from}\r\nP-Asserted-Identity: <sip:${from}@x>\r\n${mark}` }),
  'control characters': (from) => ({ from: `${from}\u0000\u001b[31m${mark}` }),
  'a display name with line breaks': () => ({ from: `\n${mark}`, displayName: `x\r\n${mark}` }),
  '500 characters': () => ({ from: '9'.repeat(500) }),
  'non-ASCII': () => ({ from: '٠٩١٢٣٤٥٦٧٨ số điện thoại' }),
};

/** Contradictory claims: they may lead to a call-back, never to a reset in the same call. */
const contradictory: Record<string, Claim> = {
  'another From': (pai) => ({ from: stranger, pai }),
  'a From without a number': (pai) => ({ from: 'trunk-account', pai }),
  'a From with the number in its display name': (pai) => ({
    from: 'x',
    headers: [['From', `"a\\" <sip:${pai}@x>" <sip:${stranger}@x>`]],
    pai,
  }),
  'two assertions': (from) => ({
    from,
    headers: [
      ['P-Asserted-Identity', `<sip:${from}@127.0.0.2>`],
      ['P-Asserted-Identity', `<sip:${stranger}@127.0.0.2>`],
    ],
  }),
  'two assertions in one header': (from) => ({
    from,
    headers: [['P-Asserted-Identity', `<sip:${from}@127.0.0.2>, <tel:${stranger}>`]],
  }),
};

/** Ways in which a carrier asserts one number. */
const asserted: Record<string, Claim> = {
  'in national form': (from) => ({ from }),
  'in E.164 with a national From': (from) => ({ from, pai: `+84${from.slice(1)}` }),
  'as tel: and sip:': (from) => ({
    from,
    headers: [['P-Asserted-Identity', `"A, B" <sip:${from}@127.0.0.2>, <tel:+84${from.slice(1)}>`]],
  }),
  'with Remote-Party-ID and Diversion of somebody else': (from) => ({
    from,
    headers: [
      ['Remote-Party-ID', `<sip:${stranger}@x>`],
      ['Diversion', `<sip:${stranger}@x>`],
      ['Privacy', 'none'],
    ],
  }),
};

async function untouched(victim: Citizen): Promise<void> {
  expect(await logsIn(victim, victim.oldPassword)).toBe(true);
}

/**
 * Presses 8 on a softphone and keys the victim's code, in vain. All these calls come from two phones,
 * which have limits, so some are told to try later.
 */
async function entersInVain(call: ScriptedCall, victim: Citizen): Promise<void> {
  await call.keys('8');
  const { name } = await call.hears(/enter-code-10|busy|try-later/);
  if (name === 'hotline/enter-code-10') {
    await call.keys(victim.code);
    await call.hears(/mismatch|try-later/);
  }
  await call.hangUp();
  await untouched(victim);
}

test.concurrent.each(Object.entries({ ...unasserted, ...unusable }))(
  'the trunk: %s is told that the number is unknown',
  async (_title, claim) => {
    const victim = await newCitizen();
    const call = await callFrom(victim.phone, { identity: claim(victim.phone) });
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.heardToEnd('hotline/no-identity');
    await call.hears('hotline/offer-operator');
    await call.keys(victim.code); // although it was not asked for
    await call.hangUp();
    await untouched(victim);
  },
);

test.concurrent(
  'a call whose carrier asserts nothing says so in the audit, and is found by the number in From',
  async () => {
    const victim = await newCitizen();
    const call = await callFrom(victim.phone, { identity: { from: victim.phone, pai: null } });
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears('hotline/no-identity');
    await call.hangUp();
    expect(await auditOf(victim.phone)).toEqual([
      { outcome: 'no-identity', reason: 'the carrier asserts no number' },
    ]);
  },
);

test.concurrent.each(Object.entries(contradictory))(
  'the trunk: %s resets nothing in that call',
  async (_title, claim) => {
    const victim = await newCitizen();
    const call = await callFrom(victim.phone, { identity: claim(victim.phone) });
    await call.hears('hotline/menu');
    await call.keys(`8${victim.code}`);
    await call.ended;
    expect(call.digitsHeard()).toEqual([]);
    await untouched(victim);
  },
);

test.concurrent.each(Object.entries(asserted))(
  'the trunk: an assertion %s is trusted',
  async (_title, claim) => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone, { identity: claim(citizen.phone) });
    await enterCode(call, citizen.code);
    await call.hears('hotline/password-intro');
    await call.hangUp();
  },
);

test.concurrent.each(Object.entries({ ...unasserted, ...unusable, ...contradictory, ...asserted }))(
  'from an address without a trunk: %s is not answered',
  async (_title, claim) => {
    const victim = await newCitizen();
    for (const localAddress of ['127.0.0.3', '127.0.0.1']) {
      const outcome = await callFrom(victim.phone, {
        identity: claim(victim.phone),
        localAddress,
        answerDeadlineMs: 5000,
      }).catch((error: unknown) => error);
      expect([CallRefused, TargetUnavailable, Error].some((kind) => outcome instanceof kind)).toBe(true);
    }
    await untouched(victim);
  },
);

test.concurrent.each(Object.entries({ ...unasserted, ...unusable, ...contradictory, ...asserted }))(
  'a softphone cannot be somebody else: %s',
  async (_title, claim) => {
    const victim = await newCitizen();
    const credentials = { username: '6001', password: hotlineEnvironment()['SOFTPHONE_PASSWORD']! };
    const identity: CallerIdentity = claim(victim.phone);
    // A phone is identified by its user name in From; its other claims are ignored.
    const headers = (identity.headers ?? []).filter(([name]) => name !== 'From');
    const claims: CallerIdentity = {
      from: '6001',
      pai: identity.pai === undefined ? victim.phone : identity.pai,
      headers,
    };
    const call = await callFrom('6001', { identity: claims, credentials, localAddress: '127.0.0.1' });
    await call.hears('hotline/menu');
    await entersInVain(call, victim);
  },
);

/** Both headers from which Asterisk may take the caller's number during a call. */
const shownLater = (victim: string): [string, string][] => [
  ['P-Asserted-Identity', `<sip:${victim}@127.0.0.2>`],
  ['Remote-Party-ID', `<sip:${victim}@127.0.0.2>;party=calling;screen=yes;privacy=off`],
];

test.concurrent.each(['UPDATE', 'INVITE'] as const)(
  'the trunk: a caller whose number is asserted only during the call, by %s, is told that it is unknown',
  async (method) => {
    const victim = await newCitizen();
    const call = await callFrom(victim.phone, { identity: { from: victim.phone, pai: null } });
    await call.hears('hotline/menu');
    expect(await call.changeIdentity(method, shownLater(victim.phone))).toBe(200);
    await call.keys(`8${victim.code}`);
    await call.hears('hotline/no-identity');
    await call.hangUp();
    await untouched(victim);
  },
);

test.concurrent.each(['UPDATE', 'INVITE'] as const)(
  'the trunk: a caller who claims another number during the call, by %s, is not served under that number',
  async (method) => {
    const [caller, victim] = [await newCitizen(), await newCitizen()];
    const call = await callFrom(caller.phone, { identity: { from: caller.phone } });
    await call.hears('hotline/menu');
    expect(await call.changeIdentity(method, shownLater(victim.phone))).toBe(200);
    await call.keys('8');
    await call.hears('hotline/enter-code-10');
    await call.keys(victim.code);
    await call.hears('hotline/mismatch');
    await call.hangUp();
    await untouched(victim);
  },
);

test.concurrent.each(['UPDATE', 'INVITE'] as const)(
  'a softphone cannot become somebody else during the call, by %s',
  async (method) => {
    const victim = await newCitizen();
    const credentials = { username: '6002', password: hotlineEnvironment()['SOFTPHONE_PASSWORD']! };
    const call = await callFrom('6002', {
      identity: { from: '6002' },
      credentials,
      localAddress: '127.0.0.1',
    });
    await call.hears('hotline/menu');
    expect(await call.changeIdentity(method, shownLater(victim.phone))).toBe(200);
    await entersInVain(call, victim);
  },
);

test.concurrent.each([
  ['in plain form', ';maddr=127.0.0.2'],
  ['in capitals', ';MADDR=127.0.0.2'],
  ['after a quoted text', ';x="a;b";maddr=127.0.0.2'],
  ['in a Via too long to be read', `;maddr=127.0.0.2;x=${'y'.repeat(4096)}`],
])(
  'a caller who redirects the responses by maddr, %s, is told that the number is unknown',
  async (_title, via) => {
    const victim = await newCitizen();
    const call = await callFrom(victim.phone, { via });
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears('hotline/no-identity');
    await call.hangUp();
    await untouched(victim);
  },
);

test.concurrent(
  "a caller who spoofs the carrier's address and never sees the answer is cut off before a password is complete, and nothing has changed",
  async () => {
    const victim = await newCitizen();
    const call = await callFrom(victim.phone, { isBlind: true });
    await call.hears('hotline/menu');
    await call.keys(`8${victim.code}`, { toneMs: 40, gapMs: 60 });
    await call.hears('hotline/password-intro');
    expect(await call.ended).toMatchObject({ by: 'pbx' });
    expect(call.digitsHeard().join('').length).toBeLessThan(6);
    await untouched(victim);
  },
);

test('no claim of a caller has become a line or part of a log', () => {
  for (const log of ['logs/application.log', 'logs/asterisk.log', 'asterisk/log/messages.log']) {
    const text = readFileSync(join(runStateDirectory(), log), 'utf8');
    expect(text).not.toContain(mark);
    expect(text).not.toContain(stranger);
    for (const part of ['SHELL', 'SYSTEM', '\u001b[31m']) expect(text).not.toContain(part);
  }
});
