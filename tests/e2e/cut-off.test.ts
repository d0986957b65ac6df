/**
 * What callers hear when the application is cut off from Asterisk, or an event is lost. Uses an Asterisk and
 * an application of its own, with a proxy between them.
 */
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { AriProxy } from '../support/machine/ari-proxy.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { heardWithinMs, letGoWithinMs, longestSilence } from '../support/machine/longest-silence.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { auditOf, callFrom, enterCode, said } from '../support/machine/phone-call.ts';
import { startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';
import { until } from '../support/until.ts';

const proxyPort = 28088;

let asterisk: RealAsterisk;
let proxy: AriProxy;
let application: OwnApplication;

beforeAll(async () => {
  asterisk = await startAsterisk(() => []);
  proxy = await AriProxy.start(proxyPort, Number(new URL(asterisk.ari.url).port));
  application = await OwnApplication.start({
    ari: { ...asterisk.ari, url: `http://127.0.0.1:${proxyPort}` },
  });
});
afterAll(async () => {
  await application?.stop();
  proxy?.stop();
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

const inTheMenu = ({ call }: Caller) => call.hears('hotline/menu');
const atTheQuestion = async (each: Caller) => {
  await inTheMenu(each);
  await each.call.keys('8');
  await each.call.hears('hotline/enter-code-10');
};
const amongTheKeys = async (each: Caller) => {
  await atTheQuestion(each);
  await each.call.keys(each.citizen.code.slice(0, 4));
};
const inTheFirstReading = async ({ call, citizen }: Caller) => {
  await enterCode(call, citizen.code);
  await call.hears(/^digits/);
};
const inTheSecondReading = async (each: Caller) => {
  await inTheFirstReading(each);
  await each.call.hears('hotline/changed');
};

/** Keys the code, hears the password twice, and never waits in silence. */
async function isServed({ call, citizen }: Caller): Promise<void> {
  await call.keys(citizen.code);
  const keyedAtMs = call.nowMs;
  await call.heardToEnd('hotline/goodbye');
  await call.ended;
  expect(longestSilence(call, keyedAtMs)).toBeLessThan(heardWithinMs);
  expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
}

/**
 * The caller hears something within 3 s at every moment; the call ends with a goodbye, and, unless all went
 * well, with an apology within 20 s.
 */
async function isOverWithAWord(call: ScriptedCall, sinceMs: number): Promise<void> {
  expect((await call.ended).by).toBe('pbx');
  expect(longestSilence(call, sinceMs)).toBeLessThan(heardWithinMs);
  const heard = call.transcript().filter((entry) => entry.kind === 'heard');
  expect(heard.at(-1)).toMatchObject({ name: 'hotline/goodbye', complete: true });
  const apology = heard.find(({ name }) => /^hotline\/(interrupted|unavailable|fault)$/.test(name));
  if (apology === undefined) expect(said(call)).toContain('change-at-login');
  else expect(apology.atMs - sinceMs).toBeLessThan(letGoWithinMs);
}

/** Whether a caller who comes now is asked for the code; the connection and its lease take a moment. */
async function callersAreServed(): Promise<boolean> {
  const { call } = await caller(inTheMenu);
  await call.keys('8');
  await call.hears(/^hotline\/(enter-code-10|unavailable)$/);
  await call.hangUp();
  return said(call).includes('enter-code-10');
}

describe('one event that is lost', () => {
  /** Of the caller's own channel, whose number the JSON of most events holds. */
  const lost = (type: string, { citizen }: Caller, about = citizen.phone.slice(1)) =>
    proxy.loseNext(type, about);

  // The event of an end names the last sound of the sentence.
  test.concurrent.each([
    ['PlaybackStarted', ['enter-code-10', 'please-wait', 'password-intro', 'changed']],
    ['PlaybackFinished', ['enter-code-10', 'please-wait', 'silence', 'goodbye']],
  ])('%s, of any sentence: the call goes on', async (type, sounds) => {
    const lostOnes = sounds.map((sound) => proxy.loseNext(type, sound));
    await isServed(await caller(atTheQuestion));
    await Promise.any(lostOnes);
  });

  test.concurrent('StasisStart: the caller hears the question all the same', async () => {
    let isLost: Promise<void> | undefined;
    const each = await caller((entering) => {
      isLost = lost('StasisStart', entering);
      return atTheQuestion(entering);
    });
    await isServed(each);
    await isLost;
  });

  test.concurrent(
    'ChannelDtmfReceived, of one key among ten: the caller is asked again, and the attempt is not charged',
    async () => {
      const each = await caller(atTheQuestion);
      const isLost = lost('ChannelDtmfReceived', each);
      await each.call.keys(each.citizen.code);
      await isLost;
      await each.call.hears('hotline/enter-again');
      await isServed(each);
    },
  );

  test.concurrent('ChannelHold: the reading on hold is not taken for heard', async () => {
    const each = await caller(inTheFirstReading);
    const isLost = lost('ChannelHold', each);
    await each.call.hold({ by: 'inactive' });
    await isLost;
    await each.call.resume();
    await each.call.heardToEnd('hotline/goodbye');
    expect(await logsIn(each.citizen, each.call.digitsHeard().at(-1)!)).toBe(true);
  });

  test.concurrent('those of a hang-up: the call is over, and the old password stays', async () => {
    const each = await caller(inTheFirstReading);
    const isLost = ['ChannelHangupRequest', 'StasisEnd', 'ChannelDestroyed'].map((type) => lost(type, each));
    await each.call.hangUp();
    expect(await auditOf(each.citizen.phone)).toMatchObject([{ outcome: 'hung-up' }]);
    await Promise.any(isLost);
    expect(await logsIn(each.citizen, each.citizen.oldPassword)).toBe(true);
  });
});

describe.each<[string, cut: () => void]>([
  ["Asterisk's HTTP no longer answers", () => (proxy.onRequest = () => 'swallow')],
  ["Asterisk's HTTP refuses", () => (proxy.onRequest = () => 'refuse')],
  ['the event socket is lost and stays lost', () => proxy.breakSockets()],
])('%s', (_what, cut) => {
  test('every caller is let go with the password that they were told of, and later ones are served', async () => {
    const second = await caller(inTheSecondReading);
    const [menu, first, ...others] = await Promise.all([
      caller(inTheMenu),
      caller(inTheFirstReading),
      caller(atTheQuestion),
      caller(amongTheKeys),
    ]);
    try {
      cut();
      await menu.call.keys('8');
      const callers = [menu, second, first, ...others];
      await Promise.all(callers.map(({ call }) => isOverWithAWord(call, call.nowMs)));
    } finally {
      proxy.restart();
      await until(callersAreServed);
    }
    for (const { citizen, call } of [first, second]) {
      const wasTold = said(call).includes('changed'); // without events the first reading may end well
      expect(await logsIn(citizen, wasTold ? call.digitsHeard()[0]! : citizen.oldPassword)).toBe(true);
      const outcome = expect.stringMatching(wasTold ? /^changed$/ : /^(interrupted|fault)$/) as string;
      expect(await auditOf(citizen.phone)).toMatchObject([{ outcome }]);
    }
    expect(said(second.call)).toContain('changed');
  });
});

test('an event socket that is lost for a moment costs nobody the call', async () => {
  const [first, question] = await Promise.all([caller(inTheFirstReading), caller(atTheQuestion)]);
  await proxy.refuseSockets(0);
  await until(callersAreServed);
  await Promise.all([isServed(question), first.call.heardToEnd('hotline/goodbye')]);
  expect(await logsIn(first.citizen, first.call.digitsHeard()[0]!)).toBe(true);
});
