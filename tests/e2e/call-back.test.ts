/**
 * Calling back, over real SIP at both ends: a caller whose identity is doubtful, and the phone with
 * the registered number, which the PBX calls through its outbound trunk.
 */
import { join } from 'node:path';
import { AnsweringPhones } from '../support/machine/answering-phones.ts';
import { doubtfulCall, e164 } from '../support/machine/called-back.ts';
import { closeRegistryDatabase, logsIn, newCitizen, registryDatabase } from '../support/machine/citizens.ts';
import { hotlineEnvironment } from '../support/machine/hotline-under-test.ts';
import { pbxConsole } from '../support/machine/pbx-console.ts';
import { auditOf, callFrom, said } from '../support/machine/phone-call.ts';
import { shippedSections } from '../support/machine/shipped-config.ts';

let phones: AnsweringPhones;

beforeAll(async () => {
  phones = await AnsweringPhones.open('127.0.0.4:5060', join(import.meta.dirname, '../../sounds/vi'));
});

afterAll(async () => {
  phones.close();
  await closeRegistryDatabase();
});

const aPassword = expect.stringMatching(/^[0-9]{8}$/);

test.concurrent(
  'a person who presses the key at the registered number hears the password twice, and it works',
  async () => {
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
    'call-back-request', 'call-back-greeting', 'password-intro', aPassword, 'changed', aPassword, 'offer-reading', 'valid-10-minutes', 'change-at-login', 'goodbye',
  ]); // prettier-ignore
    const [first, second] = answered.digitsHeard();
    expect(second).toBe(first);
    expect(await logsIn(citizen, first!)).toBe(true);
    expect(await auditOf(citizen.phone, 2)).toEqual([
      { outcome: 'call-back', reason: 'told to answer' },
      { outcome: 'changed', reason: 'heard, then stored' },
    ]);
  },
);

test.concurrent('a caller who hangs up at the first words of the promise is called back', async () => {
  const citizen = await newCitizen();
  const call = await doubtfulCall(citizen);
  await call.hears('hotline/call-back-promise');
  await call.hangUp();
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.hears('hotline/call-back-request');
  await answered.hangUp();
  expect(await auditOf(citizen.phone, 2)).toMatchObject([
    { outcome: 'call-back', reason: 'hung up as told' },
    { outcome: 'hung-up' },
  ]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent('a person whose keys come as tones in the audio hears the password', async () => {
  const citizen = await newCitizen();
  await doubtfulCall(citizen);
  const answered = await (await phones.rings(e164(citizen.phone))).answerForTones();
  await answered.hears('hotline/call-back-request');
  await answered.keys('1');
  await answered.hears('hotline/changed');
  await answered.hangUp();
});

test.concurrent('a voicemail hears only a neutral request, twice, and nothing changes', async () => {
  const citizen = await newCitizen();
  await doubtfulCall(citizen);
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.ended;
  expect(said(answered)).toEqual(['call-back-request', 'call-back-request']);
  expect(await auditOf(citizen.phone, 2)).toMatchObject([
    { outcome: 'call-back' },
    { outcome: 'not-answered', reason: 'no key was pressed' },
  ]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent('a wrong key ends the call-back without a word', async () => {
  const citizen = await newCitizen();
  await doubtfulCall(citizen);
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.hears('hotline/call-back-request');
  await answered.keys('2');
  await answered.ended;
  expect(said(answered)).toEqual(['call-back-request']);
  expect(await auditOf(citizen.phone, 2)).toMatchObject([
    { outcome: 'call-back' },
    { outcome: 'not-answered', reason: 'another key was pressed' },
  ]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent('a busy phone or an unanswered one changes nothing', async () => {
  const [busy, away] = await Promise.all([newCitizen(), newCitizen()]);
  await Promise.all([doubtfulCall(busy), doubtfulCall(away)]);
  (await phones.rings(e164(busy.phone))).leg.refuse(486);
  expect(await auditOf(busy.phone, 2)).toMatchObject([
    { outcome: 'call-back' },
    { outcome: 'not-answered', reason: 'busy' },
  ]);
  const ringing = await phones.rings(e164(away.phone));
  expect(await ringing.leg.ended).toBe('pbx'); // the PBX gives up
  expect(await auditOf(away.phone, 2)).toMatchObject([
    { outcome: 'call-back' },
    { outcome: 'not-answered', reason: 'no answer' },
  ]);
  for (const citizen of [busy, away]) expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent('a person who hangs up during the first reading keeps the old password', async () => {
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

test.concurrent(
  'a code over its limit sounds like a mismatch to a stranger, and its owner is called back',
  async () => {
    const citizen = await newCitizen();
    // Twelve mismatches from several strangers, because one phone is allowed only five an hour.
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
  },
);

test.concurrent('a number is called back at most three times a day', async () => {
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

/** Orders the PBX to call, bypassing the application's own rules. */
async function order(endpoint: string, variables: Readonly<Record<string, string>> = {}): Promise<void> {
  const { ARI_URL, ARI_USERNAME, ARI_PASSWORD } = hotlineEnvironment();
  const body = JSON.stringify({ endpoint, app: 'hotline', appArgs: 'call-back', timeout: 10, variables });
  const headers = {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from(`${ARI_USERNAME!}:${ARI_PASSWORD!}`).toString('base64')}`,
  };
  await fetch(`${ARI_URL!}/ari/channels`, { method: 'POST', headers, body });
}

const isDialled = /^\+84(?:[35789][0-9]{8}|2[0-9]{9})$/;

test.concurrent('a citizen who has since changed their number is not called at the old one', async () => {
  const citizen = await newCitizen();
  await registryDatabase().query('UPDATE accounts SET phone = ? WHERE bhxh_code = ?', [
    '+66912345678',
    citizen.code,
  ]);
  const call = await doubtfulCall(citizen);
  await call.hears('hotline/mismatch');
  await call.hangUp();
  expect(phones.called).not.toContain(e164(citizen.phone));
});

// After the calls of the others: a hundred orders at once hold a busy PBX up for longer than a caller's timer.
test('the PBX dials Vietnamese mobiles and landlines only, no matter who asks', async () => {
  const numbers = [
    ...[
      '66912345678',
      '0066912345678',
      '+66912345678',
      '12025550123',
      '+12025550123',
      '870773001234',
      '881612345678',
    ], // foreign numbers, satellites
    ...[
      '113',
      '114',
      '115',
      '84112',
      '84113',
      '1080',
      '19009068',
      '19001234',
      '841900123456',
      '8419009068',
      '8418001234',
      '18001234',
      '841801234567',
    ], // short, premium-rate and freephone numbers
    ...[
      '0912345678',
      '0084912345678',
      '+84912345678',
      '840912345678',
      '8484912345678',
      '84612345678',
      '84412345678',
      '84012345678',
    ], // other forms, prefixes that no mobile has
    ...['849123456789', '8491234567', '84243822334', '84243822334455'], // too long, too short
    ...[
      '84a12345678',
      '84912345678@x',
      '84912345678&PJSIP/+12025550123@trunk-out',
      '84912345678,60',
      '84912345678;x=1',
      '${CALLERID(num)}',
      's',
      'h',
      'i',
      '',
    ],
  ];
  for (const number of numbers) {
    await order(`Local/${number}@hotline-call-back/n`);
    if (!isDialled.test(`+${number.replace(/\D/g, '')}`))
      // only the digits count
      await order('Local/leg@hotline-call-back/n', { HOTLINE_CALLS_TO: number });
  }
  // No other context of the dialplan dials out, whether callers can reach it or not.
  const contexts = shippedSections('extensions.conf').map(({ name }) => name);
  expect(contexts).toEqual(expect.arrayContaining(['hotline-call-back', 'from-trunk']));
  const others = [...contexts.filter((name) => name !== 'hotline-call-back'), 'hotline-nowhere', 'default'];
  for (const context of others)
    for (const number of ['84912999999', '84113000000', '19001234'])
      await order(`Local/${number}@${context}/n`);
  for (const number of ['84912345678', '842438223344'])
    await order('Local/leg@hotline-call-back/n', { HOTLINE_CALLS_TO: number });
  (await phones.rings('+84912345678')).leg.refuse(486);
  (await phones.rings('+842438223344')).leg.refuse(486);
  expect(phones.called.filter((number) => !isDialled.test(number) || number === '+84912999999')).toEqual([]);
});

test('a carrier that wants numbers without any prefix is dialled so', async () => {
  await pbxConsole('dialplan set global HOTLINE_CALLS_PREFIX none');
  try {
    const citizen = await newCitizen();
    await doubtfulCall(citizen);
    (await phones.rings(citizen.phone.slice(1))).leg.refuse(486);
  } finally {
    await pbxConsole('dialplan set global HOTLINE_CALLS_PREFIX +84');
  }
});
