/** Phones and carriers as they call: over UDP and TCP, behind a NAT, with G.722. */
import { join } from 'node:path';
import { closeRegistryDatabase, logsIn, newCitizen } from '../support/machine/citizens.ts';
import { hotlineEnvironment } from '../support/machine/hotline-under-test.ts';
import { callFrom, enterCode } from '../support/machine/phone-call.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { g722 } from '../../src/sip-caller/sdp.ts';
import { until } from '../support/until.ts';
import { loadWideRecordings, recognise, type HeardWide } from '../support/wideband/recognise.ts';
import { pbxConsole } from '../support/machine/pbx-console.ts';

afterAll(closeRegistryDatabase);

/** An address that nobody answers here, as a phone behind a NAT gives for its own. */
const behindNat = '192.168.7.9';

function softphone(): {
  localAddress: string;
  identity: { from: string };
  credentials: { username: string; password: string };
} {
  return {
    localAddress: '127.0.0.1',
    identity: { from: '6001' },
    credentials: { username: '6001', password: hotlineEnvironment()['SOFTPHONE_PASSWORD']! },
  };
}

/** Presses 9, which ends the call with a goodbye. */
async function sayGoodbye(call: ScriptedCall): Promise<void> {
  await call.hears('hotline/menu');
  await call.keys('9');
  await call.heardToEnd('hotline/goodbye');
}

const transports = ['udp', 'tcp'] as const;

test.concurrent.each(transports)(
  'over %s, a caller from the trunk hears the password twice and is hung up',
  async (transport) => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone, { transport });
    await enterCode(call, citizen.code);
    await call.heardToEnd('hotline/goodbye');
    expect((await call.ended).by).toBe('pbx');
    expect(call.digitsHeard()).toHaveLength(2);
  },
);

test.concurrent.each(transports)('over %s, a softphone is hung up', async (transport) => {
  const call = await callFrom('', { ...softphone(), transport });
  await sayGoodbye(call);
  expect((await call.ended).by).toBe('pbx');
});

test.concurrent.each(transports)(
  'over %s, a softphone that renews its registration during the call is hung up',
  async (transport) => {
    const call = await callFrom('', { ...softphone(), transport });
    expect([await call.register(), await call.register()]).toEqual([200, 200]);
    await sayGoodbye(call);
    expect((await call.ended).by).toBe('pbx');
  },
);

test.concurrent.each(transports)(
  'over %s, a softphone that gives an address behind a NAT is heard, hears and is hung up',
  async (transport) => {
    const call = await callFrom('', { ...softphone(), transport, ownHost: behindNat });
    expect(await call.register()).toBe(200);
    await sayGoodbye(call);
    expect((await call.ended).by).toBe('pbx');
  },
);

test.concurrent.each(transports)(
  'over %s, a phone that hangs up leaves no call on the PBX',
  async (transport) => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone, { transport });
    await call.hears('hotline/menu');
    const channels = async () => pbxConsole('core show channels concise');
    const name = new RegExp(citizen.phone.slice(1));
    expect(await channels()).toMatch(name);
    await call.hangUp();
    expect((await call.ended).by).toBe('caller');
    await until(async () => !name.test(await channels()));
  },
);

describe('a G.722 phone', () => {
  const recordings = loadWideRecordings(join(import.meta.dirname, '../../sounds/vi'));
  const code = '0123456789'; // of 0912345678, the number of 6001
  let whole: Promise<ScriptedCall>;
  let cut: Promise<ScriptedCall>;

  // Both calls at once, and heard before either is measured: that keeps this process busy for seconds.
  beforeAll(async () => {
    whole = ended(await callFrom('', { ...softphone(), codec: g722 }), (call) => call.keys(`8${code}`));
    cut = ended(await callFrom('', { ...softphone(), codec: g722 }), async (call) => {
      await until(() => call.audio.length > 60); // more than a second of the menu
      await call.keys('59'); // 5 is not in the menu: its notice is cut by the goodbye
    });
    await Promise.all([whole, cut]);
  });

  test('hears every prompt and digit as it was recorded, and the password works', async () => {
    const heard = recognise((await whole).audio, await recordings);
    const digits = heard.filter(({ name }) => name.startsWith('digits/')).map(({ name }) => name.slice(-1));
    expect(namesOf(heard)).toEqual([
      'hotline/please-wait',
      'hotline/password-intro',
      ...digits.slice(0, 8).map((digit) => `digits/${digit}`),
      'hotline/changed',
      ...digits.slice(0, 8).map((digit) => `digits/${digit}`),
      'hotline/valid-10-minutes',
      'hotline/change-at-login',
      'hotline/goodbye',
    ]);
    expect(await logsIn({ code, phone: '0912345678', oldPassword: '' }, digits.slice(0, 8).join(''))).toBe(
      true,
    );
    expect(distorted(heard)).toEqual([]);
  });

  test('hears what follows a prompt that a key has cut as it was recorded, without a click', async () => {
    const heard = recognise((await cut).audio, await recordings);
    expect(namesOf(heard)).toEqual(['hotline/goodbye']);
    expect(distorted(heard)).toEqual([]);
  });

  async function ended(
    call: ScriptedCall,
    act: (call: ScriptedCall) => Promise<void>,
  ): Promise<ScriptedCall> {
    await act(call);
    await call.ended;
    return call;
  }

  const namesOf = (heard: readonly HeardWide[]) => heard.map(({ name }) => name);

  const distorted = (heard: readonly HeardWide[]) =>
    heard.filter(({ likeness, peak }) => likeness < 0.99 || peak > 1.1);
});
