/** Phones and carriers as they call: over UDP and TCP, behind a NAT, with G.722, from Debian's packages. */
import { join } from 'node:path';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { hotlineEnvironment, kill, whenHealthy } from '../support/machine/hotline-under-test.ts';
import { callFrom, enterCode } from '../support/machine/phone-call.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { g722 } from '../../src/sip-caller/sdp.ts';
import { until } from '../support/until.ts';
import { loadRecordings, recognise, type Heard } from '../support/wideband/recognise.ts';
import { decodeG722, samplesOf } from '../support/wideband/samples.ts';
import { addHomeNetwork } from '../support/machine/private-network.ts';
import { withSoftphone } from '../support/softphones/with-softphone.ts';
import { pbxConsole } from '../support/machine/pbx-console.ts';

addHomeNetwork(); // before the tests below are started side by side
afterAll(closeRegistryDatabase);

const sounds = join(import.meta.dirname, '../../sounds/vi');
const recordings = { wide: loadRecordings(sounds, '.sln16'), narrow: loadRecordings(sounds, '.alaw') };

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

/** The numbers of the demo softphones. */
const phoneOf = { '6001': '0912345678', '6002': '0987654321' };

/** What was played to the user of a phone who keyed 8 and the code of `citizen` ahead. */
interface Played {
  readonly citizen: Citizen;
  readonly audio: Float64Array;
}
/** Measured when all calls are over: it keeps this process busy for seconds. */
const played = new Map<string, Played>();
let playedAfterCut: Float64Array;

test.concurrent('a G.722 phone is told a new password', async () => {
  const citizen = await newCitizen(undefined, phoneOf['6001']);
  const call = await callFrom('', { ...softphone(), codec: g722 });
  await call.keys(`8${citizen.code}`);
  await call.ended;
  played.set('a G.722 phone', { citizen, audio: decodeG722(call.audio) });
});

test.concurrent('a G.722 phone whose key cuts the menu is told goodbye', async () => {
  const call = await callFrom('', { ...softphone(), codec: g722 });
  await until(() => call.audio.length > 60); // more than a second of the menu
  await call.keys('59'); // 5 is not in the menu: its notice is cut by the goodbye
  await call.ended;
  playedAfterCut = decodeG722(call.audio);
});

// A number may be in branch 8 twice at once: that of 6001 with the G.722 phone above.
const fromDebian = [
  { name: 'linphone', user: '6001', transport: 'udp', other: 'tcp', wideband: false },
  { name: 'baresip', user: '6002', transport: 'tcp', other: 'udp', wideband: true },
  { name: 'twinkle', user: '6002', transport: 'udp', other: 'tcp', wideband: false },
] as const;

/** Calls from a phone of Debian's, and keeps what it played to its user. */
async function hearPassword({ name, user, transport, wideband }: (typeof fromDebian)[number]): Promise<void> {
  const citizen = await newCitizen(undefined, phoneOf[user]);
  await withSoftphone(name, { user, transport, wideband, seat: 0 }, async (phone) => {
    await phone.dial('19009068');
    await phone.press(`8${citizen.code}`);
    await phone.hungUp();
    played.set(name, { citizen, audio: await samplesOf(await phone.quit()) });
  });
}

test.concurrent.each(fromDebian)(
  "Debian's $name registers over $transport, is told a new password and is hung up",
  hearPassword,
);

test.concurrent.each(fromDebian)(
  "Debian's $name registers over $other as well, and is hung up",
  async ({ name, user, other }) => {
    await withSoftphone(name, { user, transport: other, wideband: false, seat: 1 }, async (phone) => {
      await phone.dial('19009068');
      await phone.press('9');
      await phone.hungUp();
      await phone.quit();
    });
  },
);

test('a G.722 phone plays every prompt and digit as it was recorded, and the password works', async () => {
  const { citizen, audio } = played.get('a G.722 phone')!;
  const heard = recognise(audio, await recordings.wide);
  const reading = readingsIn(heard)[0]!;
  const digits = [...reading].map((digit) => `digits/${digit}`);
  expect(namesOf(heard)).toEqual([
    'hotline/please-wait',
    'hotline/password-intro',
    ...digits,
    'hotline/changed',
    ...digits,
    'hotline/offer-reading',
    'hotline/valid-10-minutes',
    'hotline/change-at-login',
    'hotline/goodbye',
  ]);
  expect(distorted(heard)).toEqual([]);
  expect(await logsIn(citizen, reading)).toBe(true);
});

test('a G.722 phone plays what follows a prompt that a key has cut as it was recorded, without a click', async () => {
  // On a busy machine the key may come late: then most of the notice is heard, or all of it.
  const heard = recognise(playedAfterCut, await recordings.wide).filter(
    ({ name }) => name !== 'hotline/menu-invalid',
  );
  expect(namesOf(heard)).toEqual(['hotline/goodbye']);
  expect(distorted(heard)).toEqual([]);
});

// The sound of a program slips where its machine is busy, and a digit of each reading may be lost: then it calls
// again, with no other call beside it.
test.each(fromDebian)("Debian's $name plays a password to its user that works", async (phone) => {
  let told = await passwordPlayed(phone);
  if (!told.works) {
    await hearPassword(phone);
    told = await passwordPlayed(phone);
  }
  expect(told).toEqual({ readings: told.readings, works: true });
});

/** What the user of a phone understood, and whether one of the readings is the password. */
async function passwordPlayed({ name, wideband }: (typeof fromDebian)[number]) {
  const { citizen, audio } = played.get(name)!;
  const readings = readingsIn(recognise(audio, await recordings[wideband ? 'wide' : 'narrow'], 'part'));
  const logins = await Promise.all(readings.map((reading) => logsIn(citizen, reading)));
  return { readings, works: logins.includes(true) };
}

test('a phone that was registered over TCP when Asterisk was killed calls as soon as Asterisk is back', async () => {
  await withSoftphone(
    'baresip',
    { user: '6002', transport: 'tcp', wideband: false, seat: 2 },
    async (phone) => {
      await kill('pbx');
      await whenHealthy();
      await phone.dial('19009068');
      await phone.press('9');
      await phone.hungUp();
      await phone.quit();
    },
  );
});

/** The digits of the two readings: between them is the longest time without one. */
function readingsIn(heard: readonly Heard[]): string[] {
  const digits = heard.filter(({ name }) => name.startsWith('digits/'));
  const gaps = digits.slice(1).map(({ atMs }, i) => atMs - digits[i]!.atMs);
  const first = gaps.indexOf(Math.max(...gaps)) + 1;
  const text = (part: readonly Heard[]) => part.map(({ name }) => name.slice(-1)).join('');
  return [text(digits.slice(0, first)), text(digits.slice(first))];
}

const namesOf = (heard: readonly Heard[]) => heard.map(({ name }) => name);

const distorted = (heard: readonly Heard[]) => heard.filter(({ whole, peak }) => whole < 0.99 || peak > 1.1);
