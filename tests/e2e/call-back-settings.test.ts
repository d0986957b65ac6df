/**
 * Calling back with other settings than shipped. Uses its own Asterisk and an application for each setting,
 * which all reach it over https.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority } from '../support/machine/certificates.ts';
import { runStateDirectory } from '../support/machine/hotline-under-test.ts';
import { AnsweringPhones } from '../support/machine/answering-phones.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { doubtfulCall, e164 } from '../support/machine/called-back.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { auditOf, callFrom, enterCode, said } from '../support/machine/phone-call.ts';
import { startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';

const authority = new CertificateAuthority();
const stranger = new CertificateAuthority();
let phones: AnsweringPhones;
let asterisk: RealAsterisk;

beforeAll(async () => {
  phones = await AnsweringPhones.open('127.0.0.4:15060', join(import.meta.dirname, '../../sounds/vi'));
  asterisk = await startAsterisk(speakHttps);
});

afterAll(async () => {
  await asterisk?.stop();
  phones.close();
  [authority, stranger].forEach((each) => each.remove());
  await closeRegistryDatabase();
});

const https = { host: 'localhost', port: 18089 };

/** What docs/admin.md adds to http.conf. */
function speakHttps(config: string): [] {
  const { certificate, key } = authority.issue(`DNS:${https.host}`);
  writeFileSync(join(config, 'https.pem'), certificate + key);
  const lines = ['tlsenable = yes', `tlsbindaddr = 127.0.0.1:${https.port}`];
  const file = ['tlscertfile = /etc/asterisk/https.pem', 'tlsprivatekey = /etc/asterisk/https.pem'];
  appendFileSync(join(config, 'http.conf'), `${[...lines, ...file].join('\n')}\n`);
  return [];
}

function startApplication(settings: NodeJS.ProcessEnv, trusted = authority): Promise<OwnApplication> {
  const ari = { ...asterisk.ari, url: `https://${https.host}:${https.port}` };
  return OwnApplication.start({ ari }, { ARI_CA_FILE: trusted.file, ...settings });
}

async function withSettings(settings: NodeJS.ProcessEnv, check: () => Promise<void>): Promise<void> {
  const application = await startApplication(settings);
  try {
    await check();
  } finally {
    await application.stop();
  }
}

/** A call by a caller who is certain. By default it keys the caller's own code. */
async function certainCall({ phone, code }: Citizen, keyed = code): Promise<ScriptedCall> {
  const call = await callFrom(phone, { target: asterisk.sip });
  await enterCode(call, keyed);
  return call;
}

async function hearsMismatch(call: ScriptedCall): Promise<void> {
  await call.hears('hotline/mismatch');
  await call.hangUp();
}

test('an application that trusts another authority than that of Asterisk does not start and says so; with the right one every call here is served over https', async () => {
  await expect(startApplication({}, stranger)).rejects.toThrow('the application ended as it started');
  const log = readFileSync(join(runStateDirectory(), 'logs/own-application.log'), 'utf8');
  expect(log).toContain(
    `ARI at https://${https.host}:${https.port} cannot be used: GET /ari/asterisk/info: TLS: expected a certificate from an authority in the file of ARI_CA_FILE`,
  );
});

test('CALL_BACK=off: a caller who contradicts the carrier is told that the number is unknown and offered the operator; nobody is called', async () => {
  await withSettings({ CALL_BACK: 'off', MISMATCHES_PER_CODE_DAY: '1' }, async () => {
    const [doubtful, certain, guessed, stranger] = [
      await newCitizen(),
      await newCitizen(),
      await newCitizen(),
      await newCitizen(),
    ];
    const refused = async () => {
      const call = await callFrom(doubtful.phone, {
        target: asterisk.sip,
        identity: { from: '0911000000', pai: doubtful.phone },
      });
      await call.hears('hotline/menu');
      await call.keys('8');
      await call.heardToEnd('hotline/no-identity');
      await call.hears('hotline/offer-operator');
      await call.keys('0');
      await call.heardToEnd('hotline/operator-closed');
      await call.hangUp();
      expect(said(call)).toEqual([
        'menu',
        'no-identity',
        'offer-other-ways',
        'offer-operator',
        'operator-closed',
      ]);
    };
    const served = async () => {
      const call = await certainCall(certain);
      await call.heardToEnd('hotline/changed');
      await call.hangUp();
      expect(await logsIn(certain, call.digitsHeard()[0]!)).toBe(true);
    };
    const overItsLimit = async () => {
      await hearsMismatch(await certainCall(stranger, guessed.code));
      await hearsMismatch(await certainCall(guessed));
    };
    await Promise.all([refused(), served(), overItsLimit()]);
    expect(await auditOf(doubtful.phone)).toEqual([
      { outcome: 'no-identity', reason: 'From is not the number asserted' },
    ]);
    for (const citizen of [doubtful, guessed]) expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
  });
  expect(phones.called).toEqual([]);
});

test('CALL_BACK=always: no password is read in an incoming call, however certain the caller; it is read to the registered number', async () => {
  await withSettings({ CALL_BACK: 'always' }, async () => {
    const [citizen, stranger] = [await newCitizen(), await newCitizen()];
    const owner = async () => {
      const call = await certainCall(citizen);
      await call.hears('hotline/call-back-promise');
      await call.hangUp();
      expect(said(call)).toEqual(['menu', 'enter-code-10', 'please-wait', 'call-back-promise']);
      const answered = await (await phones.rings(e164(citizen.phone))).answer();
      await answered.hears('hotline/call-back-request');
      await answered.keys('1');
      await answered.hears('hotline/changed');
      await answered.hangUp();
      expect(await logsIn(citizen, answered.digitsHeard()[0]!)).toBe(true);
    };
    const guesser = async () => hearsMismatch(await certainCall(stranger, citizen.code));
    await Promise.all([owner(), guesser()]);
    expect((await auditOf(citizen.phone, 2)).map(({ outcome }) => outcome)).toEqual(['call-back', 'changed']);
    expect(phones.called).not.toContain(e164(stranger.phone));
  });
});

test('CALL_BACKS_AT_ONCE=1, CALL_BACKS_PER_NUMBER_DAY=1: a second caller is told that we are busy until the first call-back is over, and a number is called back once a day', async () => {
  await withSettings({ CALL_BACKS_AT_ONCE: '1', CALL_BACKS_PER_NUMBER_DAY: '1' }, async () => {
    const [first, second] = [await newCitizen(), await newCitizen()];
    const doubtful = (citizen: Citizen) => doubtfulCall(citizen, { target: asterisk.sip });
    const isTold = async (why: 'busy' | 'try-later', call: ScriptedCall) => {
      await call.hears(`hotline/${why}`);
      await call.hears('hotline/offer-operator');
      await call.keys('0');
      await call.hears('hotline/operator-closed');
      await call.hangUp();
    };
    const promised = async (citizen: Citizen) => {
      const call = await doubtful(citizen);
      await call.hears('hotline/call-back-promise');
      await call.hangUp();
    };
    await promised(first);
    const ringing = await phones.rings(e164(first.phone));
    await isTold('busy', await doubtful(second));
    ringing.leg.refuse(486);
    expect(await auditOf(first.phone, 2)).toMatchObject([
      { outcome: 'call-back' },
      { outcome: 'not-answered', reason: 'busy' },
    ]);
    await promised(second);
    (await phones.rings(e164(second.phone))).leg.refuse(486);
    expect((await auditOf(second.phone, 3)).map(({ outcome }) => outcome)).toEqual([
      'limited',
      'call-back',
      'not-answered',
    ]);
    await isTold('try-later', await doubtful(first));
    expect(phones.called.filter((number) => number === e164(first.phone))).toHaveLength(1);
  });
});
