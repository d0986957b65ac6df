/**
 * What a trunk may be set to other than as shipped, over real SIP: the rule `pai-or-from`, its forms of
 * numbers, TLS with SRTP, keys by INFO. Its Asterisk is the shipped one, configured as in docs/trunks.md.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ami } from '../../src/asterisk/ami/ami.ts';
import { endpointsWithoutKeys } from '../../src/asterisk/ami/pbx.ts';
import type { CallerIdentity } from '../../src/sip-caller/identity.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { AnsweringPhones } from '../support/machine/answering-phones.ts';
import { doubtfulCall } from '../support/machine/called-back.ts';
import { CertificateAuthority } from '../support/machine/certificates.ts';
import { runStateDirectory } from '../support/machine/hotline-under-test.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { auditOf, callFrom, enterCode, keyByInfo, soundsDirectory } from '../support/machine/phone-call.ts';
import { addTrunk, edit, startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';
import { addSecureTrunk, secureCarrier, secureSip } from '../support/machine/secure-trunk.ts';
import {
  assertions,
  dialledForms,
  isNobody,
  isServed,
  writtenNationally,
} from '../support/machine/trunk-call.ts';
import { until } from '../support/until.ts';

/** The address of the trunk set to `pai-or-from`. */
const fromTrunk = '127.0.0.7';
/** The address of the trunk whose numbers have no 0, or keep it behind the country code. */
const nationalTrunk = '127.0.0.8';
/** The address of the trunk from which one call comes without a key. */
const keylessTrunk = '127.0.0.10';
/** The address of the trunk over TLS with SRTP. */
const secureTrunk = '127.0.0.9';
/** Numbers whose calls are answered, or only ring, before hotline-identity. */
const answersFirst = '19009071';
const ringsFirst = '19009072';
const beforeIdentity = `exten => ${answersFirst},1,Answer()
 same => n,Goto(hotline-identity,s,1)
exten => ${ringsFirst},1,Ringing()
 same => n,Progress()
 same => n,Goto(hotline-identity,s,1)
`;
const authority = new CertificateAuthority();
let secureCarrierPhones: AnsweringPhones;
let asterisk: RealAsterisk;
let application: OwnApplication;

beforeAll(async () => {
  secureCarrierPhones = await AnsweringPhones.openSecurely(
    secureCarrier,
    soundsDirectory,
    authority.issue('IP:127.0.0.5'),
  );
  asterisk = await startAsterisk((config) => {
    addTrunk(config, { address: fromTrunk, rule: 'pai-or-from' });
    addTrunk(config, {
      address: nationalTrunk,
      rule: 'pai-required',
      more: 'set_var = HOTLINE_NUMBERS=national',
    });
    addTrunk(config, { address: keylessTrunk, rule: 'pai-required', more: 'dtmf_mode = info' });
    addSecureTrunk(config, secureTrunk, authority);
    edit(config, 'extensions.conf', [[/(?<=\[from-trunk\]\n)/, beforeIdentity]]);
    appendFileSync(join(config, 'modules.conf'), 'require = res_pjsip_dtmf_info.so\n');
    return [];
  });
  application = await OwnApplication.start(asterisk);
});

afterAll(async () => {
  await application?.stop();
  await asterisk?.stop();
  secureCarrierPhones?.close();
  authority.remove();
  await closeRegistryDatabase();
});

/** More than Asterisk can read of one header. */
const long = 'x'.repeat(5000);

describe('a trunk set to pai-or-from', () => {
  const call = ({ phone }: Citizen, claims: Partial<CallerIdentity> = {}): Promise<ScriptedCall> =>
    callFrom(phone, {
      target: asterisk.sip,
      localAddress: fromTrunk,
      identity: { from: phone, pai: null, ...claims },
    });

  test.concurrent('From alone is served', async () => {
    const citizen = await newCitizen();
    await isServed(await call(citizen), citizen);
  });

  test.concurrent.each<[string, Partial<CallerIdentity>]>([
    ['From with Privacy', { headers: [['Privacy', 'id']] }],
    ['From with Privacy other than none', { headers: [['Privacy', 'user']] }],
    ['an anonymous From', { from: 'anonymous' }],
    ['a withheld number', { withheld: true }],
    ['a foreign From', { from: '+66912345678' }],
    ['an assertion that cannot be read', { headers: [['P-Asserted-Identity', '<<sip:']] }],
    [
      'an assertion too long to be read',
      { headers: [['P-Asserted-Identity', `"${long}" <sip:0912345678@x>`]] },
    ],
    ['From with a Privacy too long to be read', { headers: [['Privacy', `id;${long}`]] }],
  ])('%s is not trusted', async (_title, claims) => {
    const claimed = await newCitizen();
    await isNobody(await call(claimed, claims), claimed);
  });

  test.concurrent.each(['Remote-Party-ID', 'Diversion', 'P-Preferred-Identity'])(
    '%s does not replace From',
    async (header) => {
      const [caller, victim] = [await newCitizen(), await newCitizen()];
      const claimed = await call(caller, {
        headers: [[header, `<sip:${victim.phone}@127.0.0.2>;party=calling;screen=yes`]],
      });
      await enterCode(claimed, victim.code);
      await claimed.hears('hotline/mismatch');
      await claimed.hangUp();
      expect(await logsIn(victim, victim.oldPassword)).toBe(true);
    },
  );

  test.concurrent('an asserted number that differs from From resets neither', async () => {
    const [caller, victim] = [await newCitizen(), await newCitizen()];
    const doubtful = await call(caller, { from: victim.phone, pai: caller.phone });
    await enterCode(doubtful, victim.code);
    await doubtful.hears('hotline/mismatch');
    await doubtful.hangUp();
    expect(await logsIn(victim, victim.oldPassword)).toBe(true);
  });
});

describe('how a trunk writes numbers', () => {
  const forms = Object.entries(writtenNationally);

  test.concurrent.each(forms)('%s: served on a trunk that is set so', async (_, write) => {
    const citizen = await newCitizen();
    const call = await callFrom(write(citizen.phone), { target: asterisk.sip, localAddress: nationalTrunk });
    await isServed(call, citizen);
  });

  test.concurrent.each(forms)('%s: identifies nobody on any other', async (_, write) => {
    const citizen = await newCitizen();
    const call = await callFrom(write(citizen.phone), { target: asterisk.sip, localAddress: fromTrunk });
    await isNobody(call, citizen);
  });

  test.concurrent.each(Object.entries(assertions))(
    'an assertion %s is trusted',
    async (_title, headersOf) => {
      const citizen = await newCitizen();
      const call = await callFrom(citizen.phone, {
        target: asterisk.sip,
        localAddress: fromTrunk,
        identity: { from: citizen.phone, headers: headersOf(citizen.phone) },
      });
      await isServed(call, citizen);
    },
  );

  test.concurrent('a landline without its 0 is a number on a trunk that is set so', async () => {
    const citizen = await newCitizen(undefined, '02838123456');
    const call = await callFrom('2838123456', { target: asterisk.sip, localAddress: nationalTrunk });
    await isServed(call, citizen);
  });
});

test.concurrent.each(dialledForms)('the hotline is reached as %s', async (dial) => {
  const call = await callFrom('0912345678', { target: asterisk.sip, dial });
  await call.hears('hotline/menu');
  await call.hangUp();
});

test.concurrent('another number does not exist', async () => {
  await expect(callFrom('0912345678', { target: asterisk.sip, dial: '19009069' })).rejects.toMatchObject({
    status: 404,
  });
});

test.concurrent(
  'a second Privacy header withholds the number, and a third asserted one contradicts it',
  async () => {
    const [hidden, crowded] = [await newCitizen(), await newCitizen()];
    const pai = ['P-Asserted-Identity', `<sip:${crowded.phone}@127.0.0.7>`] as const;
    const cases = [
      [
        hidden,
        [
          ['Privacy', 'none'],
          ['Privacy', 'id'],
        ],
      ],
      [crowded, [pai, pai, pai]],
    ] as const;
    const calls = cases.map(async ([citizen, headers]) => {
      const identity = { from: citizen.phone, headers };
      const call = await callFrom(citizen.phone, { target: asterisk.sip, localAddress: fromTrunk, identity });
      if (citizen === hidden) return isNobody(call, citizen);
      await enterCode(call, citizen.code);
      await call.hears('hotline/call-back-promise');
      return call.hangUp();
    });
    await Promise.all(calls);
  },
);

describe('a trunk over TLS with SRTP', () => {
  const secured = {
    target: secureSip,
    localAddress: secureTrunk,
    transport: 'tls',
    authority: authority.certificate,
    srtp: true,
  } as const;

  async function isPromised(citizen: Citizen): Promise<void> {
    const call = await doubtfulCall(citizen, secured);
    await call.hears('hotline/call-back-promise');
    await call.hangUp();
  }

  test.concurrent('a call is served: heard, keyed, and the password read', async () => {
    const citizen = await newCitizen();
    await isServed(await callFrom(citizen.phone, secured), citizen);
  });

  test.concurrent('a call without SRTP is refused', async () => {
    await expect(callFrom('0912345678', { ...secured, srtp: false })).rejects.toMatchObject({ status: 488 });
  });

  test.concurrent(
    'a call-back goes to nobody whose certificate is for another name, or of another authority, or has expired',
    async () => {
      const stranger = new CertificateAuthority();
      for (const certificate of [
        authority.issue('IP:127.0.0.5'),
        stranger.issue('IP:127.0.0.4'),
        authority.issue('IP:127.0.0.4', -1),
      ]) {
        secureCarrierPhones.present(certificate);
        const refused = await newCitizen();
        await isPromised(refused);
        expect((await auditOf(refused.phone, 2)).at(-1)).toEqual({
          outcome: 'not-answered',
          reason: 'carrier not reached',
        });
      }
      stranger.remove();
      secureCarrierPhones.present(authority.issue('IP:127.0.0.4'));
      const citizen = await newCitizen();
      await isPromised(citizen);
      const ringing = await secureCarrierPhones.rings(`+84${citizen.phone.slice(1)}`);
      const call = await ringing.answerSecurely();
      await call.hears('hotline/call-back-request');
      await call.keys('1');
      await call.hears('hotline/changed');
      await call.hangUp();
      expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
    },
  );
});

test.concurrent(
  'a carrier that sends keys by INFO alone is served where res_pjsip_dtmf_info is loaded',
  async () => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone, {
      target: asterisk.sip,
      localAddress: fromTrunk,
      media: (port) => [`m=audio ${port} RTP/AVP 8`, 'a=rtpmap:8 PCMA/8000'],
    });
    await call.hears('hotline/menu');
    for (const key of `8${citizen.code}`) {
      expect(await call.request('INFO', keyByInfo(key))).toBe(200);
      const keyedAtMs = call.nowMs;
      await until(() => call.nowMs - keyedAtMs > 150); // it lasts 100 ms, and nobody keys without a pause
    }
    await call.hears('hotline/password-intro');
    await call.hangUp();
  },
);

test.concurrent(
  'a call that was answered before hotline-identity is believed nothing, and the log says so; one that only rang is served',
  async () => {
    const [answered, rang] = [await newCitizen(), await newCitizen()];
    await Promise.all([
      callFrom(answered.phone, { target: asterisk.sip, dial: answersFirst }).then((call) =>
        isNobody(call, answered),
      ),
      callFrom(rang.phone, { target: asterisk.sip, dial: ringsFirst }).then((call) => isServed(call, rang)),
    ]);
    const log = () => readFileSync(join(runStateDirectory(), 'logs/own-application.log'), 'utf8');
    await until(() => log().includes('the dialplan answered the call before hotline-identity'));
  },
);

test.concurrent(
  'a trunk whose call had no key at all stands in the log and is known to the doctor, until a call from it reaches branch 8',
  async () => {
    const name = `trunk-pai-required-${keylessTrunk}`;
    const from = { target: asterisk.sip, localAddress: keylessTrunk };
    const known = async () => {
      const ami = await Ami.connect(asterisk.ami);
      const names = [...(await endpointsWithoutKeys(ami))].filter(([each]) => each === name);
      ami.close();
      return names;
    };
    const silent = await callFrom('0912345678', from);
    await silent.keys('9'); // as RFC 4733, on an endpoint that is set to INFO
    await silent.heardToEnd('hotline/goodbye', { deadlineMs: 60_000 });
    await silent.ended;
    expect(await known()).toEqual([[name, expect.stringContaining(keylessTrunk)]]);
    expect(asterisk.log()).toContain(`A call over ${name} from ${keylessTrunk}`);
    const call = await callFrom('0912345678', from);
    await call.hears('hotline/menu');
    expect(await call.request('INFO', keyByInfo('8'))).toBe(200);
    await call.hears('hotline/enter-code-10');
    await call.hangUp();
    expect(await known()).toEqual([]);
  },
);
