/** Limits across calls, over real SIP: who is told to try later, and who hears only a mismatch. */
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { kill, whenHealthy } from '../support/machine/hotline-under-test.ts';
import { pbxConsole } from '../support/machine/pbx-console.ts';
import { auditOf, callFrom, enterCode, said } from '../support/machine/phone-call.ts';
import { until } from '../support/until.ts';

afterAll(closeRegistryDatabase);

/** A new wrong code each time, so that tests do not share a limit. */
const wrongCode = (() => {
  let count = 0;
  return () => `98${process.pid.toString().padStart(7, '0')}${count++}`.slice(-10);
})();

/** Keys three wrong codes in one call and hangs up. */
async function guessThreeTimes(
  phone: string,
  codes: readonly string[] = [wrongCode(), wrongCode(), wrongCode()],
): Promise<string[]> {
  const call = await callFrom(phone);
  await enterCode(call, codes[0]!);
  for (const code of codes.slice(1)) {
    await call.hears('hotline/enter-again');
    await call.keys(code);
  }
  await call.hears('hotline/offer-operator');
  await call.hangUp();
  return said(call).filter((name) => name !== 'menu');
}

test('the sixth wrong entry from one phone is told to try later, and so is its next call, even after the application was killed; other phones are served', async () => {
  const citizen = await newCitizen();
  const twoGuesses = [
    'enter-code-10',
    'please-wait',
    'mismatch',
    'enter-again',
    'please-wait',
    'mismatch',
    'enter-again',
    'please-wait',
  ];
  expect(await guessThreeTimes(citizen.phone)).toEqual([
    ...twoGuesses,
    'mismatch',
    'too-many-entries',
    'offer-other-ways',
    'offer-operator',
  ]);
  expect(await guessThreeTimes(citizen.phone)).toEqual([...twoGuesses, 'try-later', 'offer-operator']);
  await auditOf(citizen.phone, 2); // nothing of these calls may still be in progress
  await kill('application');
  await whenHealthy();
  const third = await callFrom(citizen.phone);
  await third.hears('hotline/menu');
  await third.keys('8');
  await third.heardToEnd('hotline/try-later');
  await third.hears('hotline/offer-operator');
  await third.keys('0');
  await third.heardToEnd('hotline/operator-closed');
  expect((await auditOf(citizen.phone, 3)).map(({ outcome }) => outcome)).toEqual([
    'hung-up',
    'hung-up',
    'limited',
  ]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
  expect(await heardAfter(await newCitizen())).toBe('password-intro');
});

test('a code guessed more than ten times still sounds like a mismatch to strangers, and other codes still match', async () => {
  const [victim, neighbour] = await Promise.all([newCitizen(), newCitizen()]);
  const guessers = await Promise.all(Array.from({ length: 4 }, () => newCitizen()));
  const heard = await Promise.all(
    guessers.map(({ phone }) => guessThreeTimes(phone, [victim.code, victim.code, victim.code])),
  );
  for (const sounds of heard) expect(sounds).toEqual(heard[0]);
  expect(await heardAfter(neighbour)).toBe('password-intro');
  expect(await logsIn(victim, victim.oldPassword)).toBe(true);
});

test('of three simultaneous calls from one phone the third is told that there are too many, and the phone is served again when another has ended', async () => {
  const { phone } = await newCitizen();
  const [first, second] = [await callFrom(phone), await callFrom(phone)];
  for (const call of [first, second]) {
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears('hotline/enter-code-10');
  }
  const third = await callFrom(phone);
  await third.hears('hotline/menu');
  await third.keys('8');
  await third.hears('hotline/busy');
  await third.hangUp();
  await first.hangUp();
  expect((await auditOf(phone, 2)).map(({ outcome }) => outcome).sort()).toEqual(['hung-up', 'hung-up']);
  const fourth = await callFrom(phone);
  await fourth.hears('hotline/menu');
  await fourth.keys('8');
  await fourth.hears('hotline/enter-code-10');
  await Promise.all([second.hangUp(), fourth.hangUp()]);
});

test('a number that has all the lines a number may have is refused before it is answered, others are served', async () => {
  const [{ phone }, other] = await Promise.all([newCitizen(), newCitizen()]);
  const calls = await Promise.all([1, 2, 3].map(() => callFrom(phone)));
  await pbxConsole('dialplan set global HOTLINE_LINES_PER_NUMBER 3');
  try {
    await Promise.all(calls.map((call) => call.hears('hotline/menu')));
    await expect(callFrom(phone)).rejects.toMatchObject({ name: 'CallRefused', status: 486 });
    const served = await callFrom(other.phone);
    await served.hears('hotline/menu');
    await Promise.all([served.hangUp(), calls[0]!.hangUp()]);
    const again = await untilTaken(phone);
    await Promise.all([again, ...calls.slice(1)].map((call) => call.hangUp()));
  } finally {
    await pbxConsole('dialplan set global HOTLINE_LINES_PER_NUMBER 40');
  }
});

test("callers who withhold or only claim a number have lines of their own, and use up nobody else's", async () => {
  const { phone } = await newCitizen();
  await pbxConsole('dialplan set global HOTLINE_LINES_UNTRUSTED 2');
  try {
    const untrusted = [
      { from: phone, pai: null },
      { from: phone, withheld: true },
    ];
    const calls = await Promise.all(untrusted.map((identity) => callFrom(phone, { identity })));
    await Promise.all(calls.map((call) => call.hears('hotline/menu')));
    for (const identity of untrusted)
      await expect(callFrom(phone, { identity })).rejects.toMatchObject({ status: 486 });
    const served = await callFrom(phone);
    await served.hears('hotline/menu');
    await Promise.all([served, ...calls].map((call) => call.hangUp()));
  } finally {
    await pbxConsole('dialplan set global HOTLINE_LINES_UNTRUSTED 100');
  }
});

/** The PBX may notice a moment later that a call has ended. */
async function untilTaken(phone: string): Promise<ScriptedCall> {
  let call: ScriptedCall | undefined;
  await until(async () => (call = await callFrom(phone).catch(() => undefined)) !== undefined);
  return call!;
}

test('a password that was just changed is not changed again; the caller is told to try later', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears('hotline/changed');
  await call.hangUp();
  await auditOf(citizen.phone);
  expect(await heardAfter(citizen)).toBe('try-later');
  expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
});

/** What a caller hears after keying their own code. */
async function heardAfter(citizen: Citizen): Promise<string> {
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears(/hotline\/(password-intro|mismatch|try-later)/);
  await call.hangUp();
  return said(call).find((name) => /^(password-intro|mismatch|try-later)$/.test(name)) ?? '';
}
