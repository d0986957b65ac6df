/**
 * Calls out through carriers as they are: one that asks for credentials, wants national numbers, and
 * refuses in many ways. Uses its own Asterisk and application, with the modules that docs/admin.md leaves to
 * an admin who has a PBX already: all but two.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headerValue } from '../../src/sip-caller/sip-message.ts';
import { AnsweringPhones, type RingingPhone } from '../support/machine/answering-phones.ts';
import { doubtfulCall } from '../support/machine/called-back.ts';
import { closeRegistryDatabase, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { auditOf, callFrom, keyByInfo } from '../support/machine/phone-call.ts';
import { edit, startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';

let phones: AnsweringPhones;
let asterisk: RealAsterisk;
let application: OwnApplication;

beforeAll(async () => {
  phones = await AnsweringPhones.open('127.0.0.4:15060', join(import.meta.dirname, '../../sounds/vi'));
  asterisk = await startAsterisk((config) => {
    edit(config, 'pjsip.conf', [[/aors = trunk-out/, 'aors = trunk-out\noutbound_auth = carrier']]);
    appendFileSync(
      join(config, 'pjsip.conf'),
      '\n[carrier]\ntype = auth\nauth_type = userpass\nusername = hotline\npassword = of-a-test\n',
    );
    writeFileSync(
      join(config, 'modules.conf'),
      '[modules]\nautoload = yes\nnoload = res_pjsip_refer.so\nnoload = res_pjsip_dtmf_info.so\n',
    );
    edit(config, 'extensions-site.conf', [[/HOTLINE_CALLS_PREFIX = \+84/, 'HOTLINE_CALLS_PREFIX = 0']]);
    return [];
  });
  application = await OwnApplication.start(asterisk);
});

afterAll(async () => {
  await application?.stop();
  await asterisk?.stop();
  phones.close();
  await closeRegistryDatabase();
});

/** A citizen who was promised a call-back, and the carrier that gets the call. */
async function calledBack(): Promise<[Citizen, RingingPhone]> {
  const citizen = await newCitizen();
  const call = await doubtfulCall(citizen, { target: asterisk.sip });
  await call.hears('hotline/call-back-promise');
  await call.hangUp();
  return [citizen, await phones.rings(citizen.phone)];
}

test.concurrent.each([401, 407] as const)(
  'a carrier that answers %d gets a second INVITE with credentials, for a number written as it wants it',
  async (status) => {
    const [citizen, ringing] = await calledBack();
    const invite = await ringing.leg.challenge(status);
    const header = status === 401 ? 'Authorization' : 'Proxy-Authorization';
    expect(headerValue(invite.headers, header)).toMatch(/^Digest username="hotline", realm="carrier"/);
    expect(ringing.leg.number).toBe(citizen.phone);
    const answered = await ringing.answer();
    await answered.hears('hotline/call-back-request');
    await answered.hangUp();
  },
);

test.concurrent.each([
  [403, 'refused with SIP 403'],
  [404, 'refused with SIP 404'],
  [488, 'refused with SIP 488'],
  [503, 'refused with SIP 503'],
  [486, 'busy'],
  [480, 'no answer'],
])('a carrier that answers %d: the audit says «%s»', async (status, reason) => {
  const [citizen, ringing] = await calledBack();
  ringing.leg.refuse(status);
  expect((await auditOf(citizen.phone, 2)).at(-1)).toEqual({ outcome: 'not-answered', reason });
});

test.concurrent(
  'with all modules but two, a key that comes by INFO and as an event counts once',
  async () => {
    const citizen = await newCitizen('0011223342');
    const call = await callFrom(citizen.phone, { target: asterisk.sip });
    await call.hears('hotline/menu');
    for (const key of `8${citizen.code}`) {
      call.request('INFO', keyByInfo(key)).catch(() => undefined); // it gets no answer (ADR 42)
      await call.keys(key);
    }
    await call.hears('hotline/password-intro');
    await call.hangUp();
  },
);
