/**
 * Calling back, over real SIP at both ends: the caller whose identity is doubtful, and the phone
 * with the registered number, which the PBX calls through its outbound trunk.
 */
import { join } from 'node:path';
import { AnsweringPhones } from '../../src/caller/answering-phones.ts';
import type { ScriptedCall } from '../../src/caller/scripted-call.ts';
import { closeRegistryDatabase, logsIn, newCitizen, registryDatabase, type Citizen } from '../support/citizens.ts';
import { hotlineEnvironment } from '../support/hotline-under-test.ts';
import { auditOf, callFrom, said } from '../support/phone-call.ts';

let phones: AnsweringPhones;

beforeAll(async () => {
  phones = await AnsweringPhones.open('127.0.0.4:5060', join(import.meta.dirname, '../../sounds/vi'));
});

afterAll(async () => {
  phones.close();
  await closeRegistryDatabase();
});

const e164 = (phone: string): string => `+84${phone.slice(1)}`;
const aPassword = expect.stringMatching(/^[0-9]{8}$/);

/** The carrier asserts the citizen's number, but From is another: with the right code, a call-back. */
async function doubtfulCall({ phone, code }: Citizen): Promise<ScriptedCall> {
  const call = await callFrom(phone, { identity: { from: '0911000000', pai: phone } });
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.hears('hotline/enter-code-10');
  await call.keys(code);
  return call;
}

test.concurrent('whoever presses the key at the registered number hears the password twice, and it works', async () => {
  const citizen = await newCitizen();
  const call = await doubtfulCall(citizen);
  await call.heardToEnd('hotline/call-back-promise');
  expect((await call.ended).by).toBe('pbx');
  expect(said(call)).toEqual(['menu', 'enter-code-10', 'please-wait', 'call-back-promise', 'goodbye']);

  const ringing = await phones.rings(e164(citizen.phone));
  expect(ringing.leg.from).toContain('19009068');
  const answered = await ringing.answer();
  await answered.hears('hotline/call-back-request');
  await answered.keys('1');
  await answered.heardToEnd('hotline/goodbye');
  expect((await answered.ended).by).toBe('pbx');
  expect(said(answered)).toEqual([
    'call-back-request', 'call-back-greeting', 'password-intro', aPassword, 'changed', aPassword, 'valid-10-minutes', 'change-at-login', 'goodbye',
  ]); // prettier-ignore
  const [first, second] = answered.digitsHeard();
  expect(second).toBe(first);
  expect(await logsIn(citizen, first!)).toBe(true);
  expect(await auditOf(citizen.phone, 2)).toEqual([
    { outcome: 'call-back', reason: 'told to answer' },
    { outcome: 'changed', reason: 'heard, then stored' },
  ]);
});

test.concurrent('a caller who hangs up as soon as they are told is called back', async () => {
  const citizen = await newCitizen();
  const call = await doubtfulCall(citizen);
  await call.hears('hotline/call-back-promise');
  await call.hangUp();
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.hears('hotline/call-back-request');
  await answered.hangUp();
  expect(await auditOf(citizen.phone, 2)).toMatchObject([{ outcome: 'call-back', reason: 'hung up as told' }, { outcome: 'hung-up' }]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent('a voicemail hears nothing but a neutral request, twice, and nothing changes', async () => {
  const citizen = await newCitizen();
  await doubtfulCall(citizen);
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.ended;
  expect(said(answered)).toEqual(['call-back-request', 'call-back-request']);
  expect(await auditOf(citizen.phone, 2)).toMatchObject([{ outcome: 'call-back' }, { outcome: 'not-answered', reason: 'no key was pressed' }]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent('another key ends the call-back without a word', async () => {
  const citizen = await newCitizen();
  await doubtfulCall(citizen);
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.hears('hotline/call-back-request');
  await answered.keys('2');
  await answered.ended;
  expect(said(answered)).toEqual(['call-back-request']);
  expect(await auditOf(citizen.phone, 2)).toMatchObject([{ outcome: 'call-back' }, { outcome: 'not-answered', reason: 'another key was pressed' }]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent('a busy phone, and one that nobody answers, change nothing', async () => {
  const [busy, away] = await Promise.all([newCitizen(), newCitizen()]);
  await Promise.all([doubtfulCall(busy), doubtfulCall(away)]);
  (await phones.rings(e164(busy.phone))).leg.refuse(486);
  expect(await auditOf(busy.phone, 2)).toMatchObject([{ outcome: 'call-back' }, { outcome: 'not-answered', reason: 'busy' }]);
  const ringing = await phones.rings(e164(away.phone));
  expect(await ringing.leg.ended).toBe('pbx'); // the PBX gives up
  expect(await auditOf(away.phone, 2)).toMatchObject([{ outcome: 'call-back' }, { outcome: 'not-answered', reason: 'no answer' }]);
  for (const citizen of [busy, away]) expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent('whoever hangs up during the first reading keeps the old password', async () => {
  const citizen = await newCitizen();
  await doubtfulCall(citizen);
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.hears('hotline/call-back-request');
  await answered.keys('1');
  await answered.hears(/^digits/);
  await answered.hangUp();
  expect(await auditOf(citizen.phone, 2)).toMatchObject([{ outcome: 'call-back' }, { outcome: 'hung-up' }]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent('a code over its limit sounds like a mismatch to a stranger, and its owner is called back', async () => {
  const citizen = await newCitizen();
  // Twelve mismatches from phones that are nobody's; one phone may have only five an hour.
  const strangers = Array.from({ length: 4 }, async () => {
    const stranger = await callFrom((await newCitizen()).phone);
    await stranger.hears('hotline/menu');
    await stranger.keys('8');
    await stranger.hears('hotline/enter-code-10');
    for (let entry = 0; entry < 3; entry++) {
      await stranger.keys(citizen.code);
      await stranger.hears('hotline/mismatch');
    }
    await stranger.hangUp();
  });
  await Promise.all(strangers);
  const owner = await callFrom(citizen.phone);
  await owner.hears('hotline/menu');
  await owner.keys(`8${citizen.code}`);
  await owner.hears('hotline/call-back-promise');
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.hears('hotline/call-back-request');
  await answered.keys('1');
  await answered.heardToEnd('hotline/goodbye');
  expect(await logsIn(citizen, answered.digitsHeard()[0]!)).toBe(true);
});

test.concurrent('a number gets three calls back a day', async () => {
  const citizen = await newCitizen();
  for (let time = 1; time <= 3; time++) {
    await doubtfulCall(citizen);
    (await phones.rings(e164(citizen.phone))).leg.refuse(486);
    await auditOf(citizen.phone, 2 * time);
  }
  const fourth = await doubtfulCall(citizen);
  await fourth.hears('hotline/try-later');
  await fourth.hangUp();
  expect(phones.called.filter((number) => number === e164(citizen.phone))).toHaveLength(3);
});

test.concurrent('the PBX dials Vietnamese mobiles and landlines, and nothing else, whoever asks it to', async () => {
  const { ARI_URL, ARI_USERNAME, ARI_PASSWORD } = hotlineEnvironment();
  const dial = async (number: string): Promise<void> => {
    const body = JSON.stringify({ endpoint: `Local/${number}@hotline-call-back/n`, app: 'hotline', appArgs: 'call-back', timeout: 10 });
    const headers = { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${ARI_USERNAME!}:${ARI_PASSWORD!}`).toString('base64')}` };
    await fetch(`${ARI_URL!}/ari/channels`, { method: 'POST', headers, body });
  };
  const refused = [
    '66912345678',
    '12025550123',
    '84112',
    '841900123456',
    '84612345678',
    '849123456789',
    '8491234567',
    '0912345678',
    '19009068',
    '+84912345678',
    '84912345678@x',
    '84a12345678',
    's',
  ];
  for (const number of refused) await dial(number);
  for (const number of ['84912345678', '842438223344']) await dial(number);
  (await phones.rings('+84912345678')).leg.refuse(486);
  (await phones.rings('+842438223344')).leg.refuse(486);
  expect(phones.called.filter((number) => !/^\+84(?:[35789][0-9]{8}|2[0-9]{9})$/.test(number))).toEqual([]);
});

test.concurrent('whoever moved to another number meanwhile is not called at the old one', async () => {
  const citizen = await newCitizen();
  await registryDatabase().query('UPDATE accounts SET phone = ? WHERE bhxh_code = ?', ['+66912345678', citizen.code]);
  const call = await doubtfulCall(citizen);
  await call.hears('hotline/mismatch');
  await call.hangUp();
  expect(phones.called).not.toContain(e164(citizen.phone));
});
