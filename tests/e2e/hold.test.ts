/**
 * Phones that put the hotline on hold, in every way a phone can. What counts as heard is what the phone
 * received while it was not on hold.
 */
import { join } from 'node:path';
import type { HoldOptions, ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { AnsweringPhones } from '../support/machine/answering-phones.ts';
import { doubtfulCall, e164 } from '../support/machine/called-back.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { auditOf, callFrom, enterCode } from '../support/machine/phone-call.ts';
import { until } from '../support/until.ts';

let phones: AnsweringPhones;

beforeAll(async () => {
  phones = await AnsweringPhones.open('127.0.0.4:5060', join(import.meta.dirname, '../../sounds/vi'));
});

afterAll(async () => {
  phones.close();
  await closeRegistryDatabase();
});

const ways: Record<string, HoldOptions> = {
  'a re-INVITE with a=inactive': {},
  'a re-INVITE with a=inactive, while it goes on sending RTP': { keepsSending: true },
  'an UPDATE with a=inactive': { offeredIn: 'UPDATE' },
  'a re-INVITE without a description and a=inactive in its ACK': { offeredIn: 'ACK' },
  'a re-INVITE with a=sendonly': { by: 'sendonly' },
  'a re-INVITE with c=0.0.0.0': { by: 'zero-address' },
};

async function holdFor(seconds: number, call: ScriptedCall, way: HoldOptions = {}): Promise<void> {
  expect(await call.hold(way)).toBe(200);
  // The PBX learns of a hold in an ACK only when that arrives.
  const heldAtMs = call.nowMs + (way.offeredIn === 'ACK' ? 200 : 0);
  await until(() => call.nowMs - heldAtMs > seconds * 1000);
  if (way.keepsSending !== true) expect(call.packetsSince(heldAtMs)).toEqual({ heard: 0, held: 0 });
  expect(await call.resume(way.offeredIn)).toBe(200);
}

/** Two whole readings were heard, alike, and their password is the account's. */
async function expectTold(call: ScriptedCall, citizen: Citizen): Promise<void> {
  const whole = call.digitsHeard().filter((reading) => /^\d{8}$/.test(reading));
  const [first, second] = whole.slice(-2);
  expect(second).toBe(first);
  expect(await logsIn(citizen, first!)).toBe(true);
}

test.concurrent.each(Object.entries(ways))(
  'a caller who holds at every prompt by %s misses nothing, and the password works',
  async (_, way) => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone);
    const holdsAt = async (sound: string | RegExp, again = sound) => {
      await call.hears(sound);
      await holdFor(3, call, way);
      await call.hears(again);
    };
    await call.hears('hotline/menu');
    await holdFor(17, call, way); // longer than the rest of the menu, and its silence
    await call.hears('hotline/menu');
    await call.keys('8');
    await holdsAt('hotline/enter-code-10');
    await call.keys(citizen.code.slice(0, 5));
    await holdFor(3, call, way);
    await call.hears('hotline/enter-code-10');
    await call.keys(citizen.code);
    await holdsAt('hotline/please-wait');
    await holdsAt('hotline/password-intro');
    for (let digit = 1; digit < 4; digit++) await call.hears(/^digits/);
    await holdsAt(/^digits/, 'hotline/password-intro');
    for (const sound of ['hotline/changed', /^digits/]) await holdsAt(sound, 'hotline/changed');
    // The second reading has been heard: what follows it is told again from its own beginning.
    for (const sound of ['hotline/offer-reading', /^hotline\/valid/, /at-login/])
      await holdsAt(sound, 'hotline/offer-reading');
    await holdsAt('hotline/goodbye');
    await call.heardToEnd('hotline/goodbye');
    await expectTold(call, citizen);
    expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'changed' }]);
  },
);

test.concurrent('a hold by port 0 is refused, and the call goes on as it was', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears(/^digits/);
  expect(await call.hold({ by: 'zero-port' })).toBe(488);
  await call.heardToEnd('hotline/goodbye');
  await expectTold(call, citizen);
});

test.concurrent(
  'a caller who is on hold from the INVITE on hears the menu when the phone takes sound',
  async () => {
    const call = await callFrom('0912345678', { hold: 'sendonly' });
    const answeredAtMs = call.nowMs;
    await until(() => call.nowMs - answeredAtMs > 3000);
    expect(call.packetsSince(0)).toEqual({ heard: 0, held: 0 });
    await call.resume();
    await call.heardToEnd('hotline/menu');
    await call.hangUp();
  },
);

async function heldInTheReading() {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears('hotline/password-intro');
  await call.hold();
  return { citizen, call, heldAtMs: call.nowMs };
}

test.concurrent(
  'a caller who stays on hold loses the call after a minute, and keeps the old password',
  async () => {
    const { citizen, call, heldAtMs } = await heldInTheReading();
    const { by, atMs } = await call.ended;
    expect(by).toBe('pbx');
    expect(atMs - heldAtMs).toBeGreaterThan(55_000);
    expect(await auditOf(citizen.phone)).toEqual([
      { outcome: 'hung-up', reason: 'the line was on hold for too long' },
    ]);
    expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
  },
);

test.concurrent('a caller who hangs up on hold keeps the old password', async () => {
  const { citizen, call, heldAtMs } = await heldInTheReading();
  await until(() => call.nowMs - heldAtMs > 20_000); // longer than the reading
  await call.hangUp();
  expect(await auditOf(citizen.phone)).toEqual([{ outcome: 'hung-up', reason: 'the caller hung up' }]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent(
  'a person who is called back and holds at the question and in the reading hears both again',
  async () => {
    const citizen = await newCitizen();
    await doubtfulCall(citizen);
    const answered = await (await phones.rings(e164(citizen.phone))).answer();
    await answered.hears('hotline/call-back-request');
    await holdFor(3, answered);
    await answered.hears('hotline/call-back-request');
    await answered.keys('1');
    for (let digit = 1; digit <= 4; digit++) await answered.hears(/^digits/);
    await holdFor(3, answered);
    await answered.hears('hotline/call-back-greeting');
    await answered.heardToEnd('hotline/goodbye');
    await expectTold(answered, citizen);
  },
);
