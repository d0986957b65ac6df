/** What callers hear when the application cannot reach Asterisk, or loses an event. Uses its own Asterisk and application. */
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { AriProxy, type Part } from '../support/machine/ari-proxy.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { isLetGo } from '../support/machine/let-go.ts';
import { heardWithinMs, longestSilence } from '../support/machine/longest-silence.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { callFrom, enterCode } from '../support/machine/phone-call.ts';
import { startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';

let asterisk: RealAsterisk;
let proxy: AriProxy;
let application: OwnApplication;

beforeAll(async () => {
  asterisk = await startAsterisk(() => []);
  proxy = await AriProxy.start(asterisk.ari.url);
  application = await OwnApplication.start({ ari: { ...asterisk.ari, url: new URL(proxy.url).origin } });
});

afterAll(async () => {
  await application?.stop();
  await proxy?.stop();
  await asterisk?.stop();
  await closeRegistryDatabase();
});

interface Caller {
  readonly citizen: Citizen;
  readonly call: ScriptedCall;
}

async function caller(reach: (caller: Caller) => Promise<unknown>): Promise<Caller> {
  const citizen = await newCitizen();
  const each = { citizen, call: await callFrom(citizen.phone, { target: asterisk.sip }) };
  await reach(each);
  return each;
}

const atTheQuestion = async ({ call }: Caller) => {
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.hears('hotline/enter-code-10');
};
const inTheFirstReading = async ({ call, citizen }: Caller) => {
  await enterCode(call, citizen.code);
  await call.hears(/^digits/);
};

test.each<[string, Part]>([
  ["Asterisk's HTTP no longer answers", 'http'],
  ['the event socket is lost and stays lost', 'events'],
])('%s: every caller is let go, and later ones are served', async (_, part) => {
  const callers = await Promise.all([
    caller(({ call }) => call.hears('hotline/menu')),
    caller(atTheQuestion),
    caller(inTheFirstReading),
  ]);
  proxy.cut(part);
  const [menu, ...inside] = callers.map(({ call }) => ({ call, cutAtMs: call.nowMs }));
  try {
    await menu!.call.keys('8');
    const apology = part === 'events' ? 'hotline/unavailable' : 'hotline/interrupted';
    await Promise.all([
      isLetGo(menu!.call, menu!.call.nowMs, apology),
      ...inside.map(({ call, cutAtMs }) => isLetGo(call, cutAtMs)),
    ]);
  } finally {
    proxy.restore();
  }
  expect(await logsIn(callers[1].citizen, callers[1].citizen.oldPassword)).toBe(true);
  await application.untilUp();
  await isServed(await caller(atTheQuestion));
});

/** Keys the code, hears the change, and never waited in silence. */
async function isServed({ call, citizen }: Caller): Promise<void> {
  await call.keys(citizen.code);
  await call.hears('hotline/changed');
  expect(longestSilence(call, 0)).toBeLessThan(heardWithinMs);
  await call.hangUp();
}

test('an event that is lost, whichever it is, leaves no caller in silence, and the call goes on', async () => {
  const lost: Promise<void>[] = [];
  const losing = (type: string) => async (each: Caller) => {
    lost.push(proxy.loseNext(type, each.citizen.phone.slice(1)));
    await atTheQuestion(each);
  };
  const [start, digit] = await Promise.all([
    caller(losing('StasisStart')),
    caller(losing('ChannelDtmfReceived')),
  ]);
  lost.push(proxy.loseNext('PlaybackFinished'), proxy.loseNext('PlaybackStarted'));
  await Promise.all([
    isServed(start),
    // One key of ten is missing: the caller is told so, and keys the code again.
    (async () => {
      await digit.call.keys(digit.citizen.code);
      await digit.call.hears('hotline/enter-again');
      await isServed(digit);
    })(),
  ]);
  await Promise.all(lost);
});
