/** A call-back whose application is killed after the promise. Uses its own Asterisk and application. */
import { join } from 'node:path';
import { AnsweringPhones } from '../support/machine/answering-phones.ts';
import { doubtfulCall, e164, preparedResets } from '../support/machine/called-back.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { heardWithinMs, longestSilence } from '../support/machine/longest-silence.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { auditOf, said } from '../support/machine/phone-call.ts';
import { startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';

let phones: AnsweringPhones;
let asterisk: RealAsterisk;
let application: OwnApplication;

beforeAll(async () => {
  phones = await AnsweringPhones.open('127.0.0.4:15060', join(import.meta.dirname, '../../sounds/vi'));
  asterisk = await startAsterisk(() => []);
  application = await OwnApplication.start(asterisk);
});

afterAll(async () => {
  await application?.stop();
  await asterisk?.stop();
  phones.close();
  await closeRegistryDatabase();
});

async function promised(citizen: Citizen): Promise<void> {
  const call = await doubtfulCall(citizen, { target: asterisk.sip });
  await call.hears('hotline/call-back-promise');
  await call.hangUp();
  expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'call-back' }]);
}

const restart = async (settings: NodeJS.ProcessEnv = {}): Promise<void> => {
  application = await OwnApplication.start(asterisk, settings);
};

/** Promise and call-back have one audit row each, the old password works, and no reset is prepared. */
async function nothingChanged(citizen: Citizen): Promise<void> {
  expect((await auditOf(citizen.phone, 2)).map(({ outcome }) => outcome)).toEqual([
    'call-back',
    'interrupted',
  ]);
  expect(await preparedResets(citizen)).toBe(0);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
}

/** Another call by this citizen is answered by a call-back that reads a password. */
async function isServedAgain(citizen: Citizen): Promise<void> {
  const call = await doubtfulCall(citizen, { target: asterisk.sip });
  await call.hears('hotline/call-back-promise');
  await call.hangUp();
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.hears('hotline/call-back-request');
  await answered.keys('1');
  await answered.hears('hotline/password-intro');
  await answered.hangUp();
  expect((await auditOf(citizen.phone, 4)).map(({ outcome }) => outcome)).toEqual([
    'call-back',
    'interrupted',
    'call-back',
    'hung-up',
  ]);
}

test('killed between the promise and the call-back: nobody is called, and the broken promise has its audit row', async () => {
  const citizen = await newCitizen();
  await promised(citizen);
  await application.kill();
  await restart();
  await nothingChanged(citizen);
  expect(phones.called).not.toContain(e164(citizen.phone));
  await isServedAgain(citizen);
});

test('killed while the phone rings: a person who answers hears nothing, and the line is released', async () => {
  const citizen = await newCitizen();
  await promised(citizen);
  const ringing = await phones.rings(e164(citizen.phone));
  await application.kill();
  const answered = await ringing.answer();
  expect((await answered.ended).by).toBe('pbx');
  expect(said(answered)).toEqual([]);
  await restart();
  await nothingChanged(citizen);
});

// The time limit of this test is shorter than the ringing, which the PBX alone would end after 60 s.
test('killed while the phone rings: the restarted application stops the ringing', async () => {
  const citizen = await newCitizen();
  await application.stop();
  await restart({ CALL_BACK_RING_SECONDS: '60' });
  await promised(citizen);
  const ringing = await phones.rings(e164(citizen.phone));
  await application.kill();
  await restart();
  expect(await ringing.leg.ended).toBe('pbx');
  await nothingChanged(citizen);
}, 60_000);

test('frozen while the phone rings: a person who answers hears nothing, and is let go within 3 s', async () => {
  const citizen = await newCitizen();
  await application.stop();
  application = await OwnApplication.start(asterisk, {}, { readsLog: false });
  await promised(citizen);
  const ringing = await phones.rings(e164(citizen.phone));
  application.signal('SIGSTOP');
  try {
    const answered = await ringing.answer();
    expect((await answered.ended).by).toBe('pbx');
    expect(said(answered)).toEqual([]);
    expect(longestSilence(answered, 0)).toBeLessThan(heardWithinMs);
  } finally {
    application.signal('SIGCONT');
  }
  expect(await preparedResets(citizen)).toBe(0);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
  expect((await auditOf(citizen.phone, 2))[0]).toMatchObject({ outcome: 'call-back' });
});

test('killed during the first reading: the line is released without a word, and the old password works', async () => {
  const citizen = await newCitizen();
  await promised(citizen);
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.hears('hotline/call-back-request');
  await answered.keys('1');
  await answered.hears(/^digits/);
  await application.kill();
  await restart();
  expect((await answered.ended).by).toBe('pbx');
  expect(said(answered).slice(0, 3)).toEqual(['call-back-request', 'call-back-greeting', 'password-intro']);
  expect(said(answered).slice(3)).toEqual([expect.stringMatching(/^\d+$/)]);
  await nothingChanged(citizen);
  await isServedAgain(citizen);
});

test('killed during the second reading: the line is released without a word, and the new password works', async () => {
  const citizen = await newCitizen();
  await promised(citizen);
  const answered = await (await phones.rings(e164(citizen.phone))).answer();
  await answered.hears('hotline/call-back-request');
  await answered.keys('1');
  await answered.heardToEnd('hotline/changed');
  await application.kill();
  await restart();
  expect((await answered.ended).by).toBe('pbx');
  expect(said(answered)).not.toContain('interrupted');
  expect((await auditOf(citizen.phone, 2)).map(({ outcome }) => outcome)).toEqual(['call-back', 'changed']);
  expect(await logsIn(citizen, answered.digitsHeard()[0]!)).toBe(true);
});
