/** Phones and carriers as they call: over UDP and TCP, behind a NAT. */
import { closeRegistryDatabase, newCitizen } from '../support/machine/citizens.ts';
import { hotlineEnvironment } from '../support/machine/hotline-under-test.ts';
import { callFrom, enterCode } from '../support/machine/phone-call.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { until } from '../support/until.ts';
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
