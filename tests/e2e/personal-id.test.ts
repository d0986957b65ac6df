/** Callers who key the 12-digit personal ID, where codes of 10 and of 12 digits are accepted. On an Asterisk of its own. */
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import {
  closeRegistryDatabase,
  logsIn,
  newCitizen,
  newPersonalId,
  type Citizen,
} from '../support/machine/citizens.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { logFiles, tablesAsText } from '../support/machine/leak-search.ts';
import { auditOf, callFrom, said } from '../support/machine/phone-call.ts';
import { startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';

let asterisk: RealAsterisk;
let application: OwnApplication;

beforeAll(async () => {
  asterisk = await startAsterisk(() => []);
  application = await OwnApplication.start(asterisk, { BHXH_CODE_LENGTHS: '10,12', CALL_BACK: 'off' });
});

afterAll(async () => {
  await application?.stop();
  await asterisk?.stop();
  await closeRegistryDatabase();
});

/** Keys codes, one each time that it is asked for. */
async function key({ phone }: Pick<Citizen, 'phone'>, ...codes: readonly string[]): Promise<ScriptedCall> {
  const call = await callFrom(phone, { target: asterisk.sip });
  await call.hears('hotline/menu');
  await call.keys('8');
  let question = 'hotline/enter-code-10-or-12';
  for (const code of codes) {
    await call.hears(question);
    await call.keys(code);
    question = 'hotline/enter-again';
  }
  return call;
}

/** What a caller hears who has keyed one code. */
async function heardAfter(citizen: Citizen, code: string): Promise<string> {
  const call = await key(citizen, code);
  await call.hears(/hotline\/(password-intro|mismatch|try-later)/);
  await call.hangUp();
  return said(call).find((name) => /^(password-intro|mismatch|try-later)$/.test(name)) ?? '';
}

test('a caller who keys the personal ID hears a new password of the account, which the BHXH code opens too, and at most one in a minute by either', async () => {
  const citizen = await newCitizen();
  const personalId = await newPersonalId(citizen);
  const call = await key(citizen, personalId);
  await call.heardToEnd('hotline/changed');
  await call.hangUp();
  expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
  expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'changed' }]);
  for (const code of [citizen.code, personalId]) expect(await heardAfter(citizen, code)).toBe('try-later');
});

test('the personal ID that was keyed is in the registry, and in no other table and no log', async () => {
  const [citizen, stranger] = await Promise.all([newCitizen(), newCitizen()]);
  const personalId = await newPersonalId(citizen);
  await Promise.all([citizen, stranger].map((each) => heardAfter(each, personalId)));
  await Promise.all([citizen, stranger].map(({ phone }) => auditOf(phone)));
  const tables = Object.entries(await tablesAsText()).filter(([, text]) => text.includes(personalId));
  expect(tables.map(([name]) => name)).toEqual(['account_codes']);
  const logs = [...logFiles(), { name: 'of this Asterisk', text: asterisk.log() }];
  expect(logs.filter(({ text }) => text.includes(personalId)).map(({ name }) => name)).toEqual([]);
});

test('the BHXH code of a person with both is taken as before', async () => {
  const citizen = await newCitizen();
  await newPersonalId(citizen);
  expect(await heardAfter(citizen, citizen.code)).toBe('password-intro');
});

test('somebody else’s personal ID is a mismatch like any', async () => {
  const [citizen, stranger] = await Promise.all([newCitizen(), newCitizen()]);
  const personalId = await newPersonalId(citizen);
  const heard = await Promise.all(
    [personalId, '999999999999'].map(async (code) => {
      const call = await key(stranger, code);
      await call.heardToEnd('hotline/enter-again');
      await call.hangUp();
      return said(call);
    }),
  );
  expect(heard[0]).toEqual(heard[1]);
  expect(heard[0]).toContain('mismatch');
});

test('guesses at both codes of a person are counted together, and throttle both', async () => {
  const [victim, neighbour] = await Promise.all([newCitizen(), newCitizen()]);
  const personalId = await newPersonalId(victim);
  const guessers = await Promise.all(Array.from({ length: 4 }, () => newCitizen()));
  await Promise.all(
    guessers.map(async (guesser, index) => {
      const codes = [victim.code, personalId, victim.code, personalId].slice(index % 2, 3 + (index % 2));
      const call = await key(guesser, ...codes);
      await call.hears('hotline/too-many-entries');
      await call.hangUp();
    }),
  );
  expect(await heardAfter(victim, personalId)).toBe('mismatch');
  expect(await heardAfter(victim, victim.code)).toBe('mismatch');
  expect(await heardAfter(neighbour, neighbour.code)).toBe('password-intro');
  expect(await logsIn(victim, victim.oldPassword)).toBe(true);
});
