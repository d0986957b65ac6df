/**
 * Calls out through carriers as they are: one that asks for credentials, wants national numbers, and
 * refuses in many ways. Uses its own Asterisk and application, with the modules that docs/admin.md leaves to
 * an admin who has a PBX already: all but two. That admin has a menu and hours of their own, and bills.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ami } from '../../src/asterisk/ami/ami.ts';
import { endpointsWithoutKeys } from '../../src/asterisk/ami/pbx.ts';
import { headerValue } from '../../src/sip-caller/sip-message.ts';
import { AnsweringPhones, type RingingPhone } from '../support/machine/answering-phones.ts';
import { doubtfulCall } from '../support/machine/called-back.ts';
import { closeRegistryDatabase, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { auditOf, callFrom, keyByInfo, said } from '../support/machine/phone-call.ts';
import { addTrunk, edit, startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';
import { until } from '../support/until.ts';

/** What stands in an admin's extensions-site.conf, by the names that docs/admin.md lists. */
const ownDialplan = `
[hotline-site-before-menu]
exten => s,1,GotoIf($["\${CHANNEL(state)}" != "Ring" | "\${CALLERID(dnid)}" = "008419009068"]?closed)
 same => n,Goto(hotline-menu,s,answer)
 same => n(closed),Hangup(17)

[hotline-site-menu]
include => hotline-menu-end
exten => s,1,Read(KEY,hotline/menu-invalid&hotline/menu,1,,1,7)
 same => n,GotoIf(\${DIALPLAN_EXISTS(hotline-branches,\${KEY},1)}?hotline-branches,\${KEY},1)
 same => n,Goto(\${IF($["\${READSTATUS}" = "TIMEOUT"]?hotline-no-keys:hotline-goodbye)},s,1)

[hotline-site-branches]
exten => 5,1,ResetCDR()
 same => n,Set(CDR_PROP(disable)=0)
 same => n,Playback(hotline/operator-closed)
 same => n,Hangup()
`;
/** The address of a trunk whose callers press no key. */
const keylessTrunk = '127.0.0.10';
let phones: AnsweringPhones;
let asterisk: RealAsterisk;
let application: OwnApplication;

beforeAll(async () => {
  phones = await AnsweringPhones.open('127.0.0.4:15060', join(import.meta.dirname, '../../sounds/vi'));
  asterisk = await startAsterisk((config) => {
    const carrier = '127.0.0.4:15060';
    edit(config, 'pjsip.conf', [[/\n\[trunk-out\]\ntype = endpoint[^]*?\ncontact = .*\n/, '\n']]);
    appendFileSync(
      join(config, 'pjsip.conf'),
      [...snippetsOf('The outbound trunk'), snippetsOf('A phone of your own')[0]]
        .join('\n')
        .replaceAll('203.0.113.10:5060', carrier)
        .replace(/(?<=^\[)trunk-out(?=\]\ntype = endpoint)/m, 'my-carrier')
        .replace('qualify_frequency = 60', ''), // the phones of the test answer no OPTIONS
    );
    appendFileSync(join(config, 'extensions.conf'), snippetsOf('A phone of your own')[1]!);
    writeFileSync(
      join(config, 'modules.conf'),
      '[modules]\nautoload = yes\nnoload = res_pjsip_refer.so\nnoload = res_pjsip_dtmf_info.so\n',
    );
    edit(config, 'extensions-site.conf', [
      [/HOTLINE_CALLS_PREFIX = \+84/, 'HOTLINE_CALLS_PREFIX = 0'],
      [/HOTLINE_CALLS_TRUNK = trunk-out/, 'HOTLINE_CALLS_TRUNK = my-carrier'],
    ]);
    addTrunk(config, { address: keylessTrunk, rule: 'pai-required' });
    appendFileSync(join(config, 'extensions-site.conf'), ownDialplan);
    appendFileSync(join(config, 'logger.conf'), 'security.log => security\n');
    writeFileSync(
      join(config, 'cdr.conf'),
      '[general]\nenable = yes\nunanswered = yes\n[csv]\nusegmtime = yes\n',
    );
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

/** The code blocks of a section of docs/trunks.md. */
function snippetsOf(heading: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/trunks.md'), 'utf8');
  const section = text.split(/^##+ /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/```ini\n([^]*?)```/g)].map(([, snippet]) => snippet!);
}

test('Asterisk takes the snippets of docs/trunks.md for the trunk out, its registration and a phone', async () => {
  const ami = await Ami.connect(asterisk.ami);
  const registrations = await ami.list({ Action: 'PJSIPShowRegistrationsOutbound' });
  ami.close();
  expect(registrations).toContainEqual(
    expect.objectContaining({ event: 'OutboundRegistrationDetail', objectname: 'trunk-out' }),
  );
  const phone = await callFrom('101', {
    target: asterisk.sip,
    identity: { from: '101' },
    credentials: { username: '101', password: 'a-long-password' },
    localAddress: '127.0.0.1',
  });
  await phone.hears('hotline/menu');
  await phone.keys('8');
  await phone.hears('hotline/enter-code-10'); // its number counts
  await phone.hangUp();
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
    expect(headerValue(invite.headers, header)).toMatch(/^Digest username="your-account", realm="carrier"/);
    expect(ringing.leg.number).toBe(citizen.phone);
    const answered = await ringing.answer();
    await answered.hears('hotline/call-back-request');
    await answered.hangUp();
  },
);

test.concurrent.each([
  [403, 'refused by the carrier: SIP 403'],
  [404, 'refused by the carrier: SIP 404'],
  [488, 'refused by the carrier: SIP 488'],
  [503, 'refused by the carrier: SIP 503'],
  [486, 'busy'],
  [600, 'busy'],
  [480, 'no answer'],
  [408, 'no answer'],
])('a carrier that answers %d: the audit says «%s»', async (status, reason) => {
  const [citizen, ringing] = await calledBack();
  ringing.leg.refuse(status);
  expect(await auditOf(citizen.phone, 2)).toContainEqual({ outcome: 'not-answered', reason });
});

test.concurrent.each([
  [403, 17],
  [503, 16],
])(
  'a carrier that answers %d is not taken for a busy phone, or one that nobody picks up, whatever cause it gives (%d)',
  async (status, cause) => {
    const [citizen, ringing] = await calledBack();
    ringing.leg.refuse(status, [['Reason', `Q.850;cause=${cause}`]]);
    expect(await auditOf(citizen.phone, 2)).toContainEqual({
      outcome: 'not-answered',
      reason: `refused by the carrier: SIP ${status}`,
    });
  },
);

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

test.concurrent("before the menu a call meets the admin's hours, and is refused unanswered", async () => {
  await expect(callFrom('0912345678', { target: asterisk.sip, dial: '008419009068' })).rejects.toMatchObject({
    status: 486,
  });
});

test.concurrent(
  "the admin's own menu is heard in place of ours, and its 0 reaches the operator",
  async () => {
    const call = await callFrom('0912345678', { target: asterisk.sip });
    await call.hears('hotline/menu');
    await call.keys('0');
    await call.heardToEnd('hotline/goodbye');
    expect(said(call)).toEqual(['menu-invalid', 'menu', 'operator-closed', 'goodbye']);
  },
);

test.concurrent(
  "in the admin's own menu a call without any key is known to the doctor, and one without media is counted",
  async () => {
    const from = { target: asterisk.sip, localAddress: keylessTrunk };
    const keyless = await callFrom('0912345678', from);
    const mute = await callFrom('0912345679', { ...from, isMute: true });
    for (const call of [keyless, mute]) {
      await call.heardToEnd('hotline/goodbye', { deadlineMs: 60_000 });
      await call.ended;
    }
    await until(() => asterisk.log().includes(`A call had no media: 0 RTP packets from ${keylessTrunk}`));
    const ami = await Ami.connect(asterisk.ami);
    const names = [...(await endpointsWithoutKeys(ami)).keys()];
    ami.close();
    expect(names).toEqual([`trunk-pai-required-${keylessTrunk}`]);
  },
);

test.concurrent(
  'the security log names the addresses of strangers and of wrong passwords, as fail2ban reads them, and no caller of a trunk',
  async () => {
    const [stranger, guesser] = ['127.0.0.66', '127.0.0.67'];
    const refused = { target: asterisk.sip, localAddress: guesser, identity: { from: '6001' } };
    const credentials = { username: '6001', password: 'guessed' };
    await expect(callFrom('', { ...refused, credentials })).rejects.toMatchObject({ status: 401 });
    await expect(
      callFrom('0912345679', { target: asterisk.sip, localAddress: stranger }),
    ).rejects.toMatchObject({ status: 401 });
    const served = await newCitizen();
    const call = await callFrom(served.phone, { target: asterisk.sip });
    await call.hears('hotline/menu');
    await call.hangUp();
    // The expression of Debian's filter.d/asterisk.conf (fail2ban 1.0.2).
    const ban =
      /SECURITY\[\d+\]:? [^:]+:\d*(?:(?: in)? [^:]+:)? SecurityEvent="(?:FailedACL|InvalidAccountID|ChallengeResponseFailed|InvalidPassword)".*?,RemoteAddress="IPV4\/[^/"]+\/([\d.]+)\/\d+"/g;
    const banned = () => [...asterisk.log('security.log').matchAll(ban)].map(([, address]) => address);
    await until(() => banned().includes(stranger) && banned().includes(guesser));
    expect(new Set(banned())).toEqual(new Set([stranger, guesser]));
    expect(asterisk.log('security.log')).not.toContain(served.phone.slice(1));
  },
);

test('a PBX that bills has a record of the branch that asks for one, and none of a menu, a reset, an operator or a call-back', async () => {
  const [citizen] = await calledBack();
  const call = await callFrom(citizen.phone, { target: asterisk.sip });
  await call.hears('hotline/menu');
  await call.keys('5');
  await call.heardToEnd('hotline/operator-closed');
  await call.hangUp();
  const records = () => asterisk.log('cdr-csv/Master.csv').trim().split('\n');
  await until(() => records().some((line) => line.includes(citizen.phone)));
  expect(records()).toEqual([
    expect.stringMatching(new RegExp(`^"","${citizen.phone}","5","hotline-branches",.*"Playback"`)),
  ]);
});
