/**
 * Every key arrives once, at the speed of a person or a speed dial, from gateways that stammer and phones
 * that send it twice. A lost or doubled key would not match. And what else a phone sends during a call.
 */
import type { KeyTiming } from '../../src/sip-caller/key-script.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { closeRegistryDatabase, newCitizen } from '../support/machine/citizens.ts';
import { hotlineEnvironment, processOf, runStateDirectory } from '../support/machine/hotline-under-test.ts';
import { callFrom, keyByInfo } from '../support/machine/phone-call.ts';
import { SipLeg } from '../../src/sip-caller/sip-leg.ts';
import { until } from '../support/until.ts';

afterAll(closeRegistryDatabase);

const speeds = [
  { toneMs: 40, gapMs: 40 },
  { toneMs: 60, gapMs: 40 },
  { toneMs: 40, gapMs: 100 },
  { toneMs: 100, gapMs: 60 },
  { toneMs: 250, gapMs: 300 },
];

/** When the code is keyed, starting at the menu. */
const moments: Record<string, (call: ScriptedCall, code: string, speed: KeyTiming) => Promise<void>> = {
  'cutting the question short': async (call, code, speed) => {
    await call.keys('8', speed);
    await call.hears('hotline/enter-code-10');
    await call.keys(code, speed);
  },
  'after the question': async (call, code, speed) => {
    await call.keys('8', speed);
    await call.heardToEnd('hotline/enter-code-10');
    await call.keys(code, speed);
  },
  'all keyed ahead at the menu': (call, code, speed) => call.keys(`8${code}`, speed),
};

const cases = Object.entries(moments).flatMap(([moment, key], group) =>
  // With repeated digits, a doubled or lost key always shows.
  speeds.map((speed, index) => ({ ...speed, moment, key, code: `00112233${group}${index}` })),
);

test.concurrent.each(cases)(
  'keys of $toneMs ms with gaps of $gapMs ms, $moment',
  async ({ toneMs, gapMs, key, code }) => {
    const citizen = await newCitizen(code);
    const call = await callFrom(citizen.phone);
    await call.hears('hotline/menu');
    await key(call, citizen.code, { toneMs, gapMs });
    await call.hears('hotline/password-intro');
    await call.hangUp();
  },
);

test.concurrent('a key whose events pause for half a second counts once', async () => {
  const citizen = await newCitizen('0011223340');
  const call = await callFrom(citizen.phone);
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.heardToEnd('hotline/enter-code-10');
  await call.keys(citizen.code, { toneMs: 60, interruptedMs: 500 });
  await call.hears('hotline/password-intro');
  await call.hangUp();
});

test.concurrent('keys of a softphone that come as tones in the audio are heard', async () => {
  const call = await callFrom('6002', {
    identity: { from: '6002' },
    credentials: { username: '6002', password: hotlineEnvironment()['SOFTPHONE_PASSWORD']! },
    localAddress: '127.0.0.1',
    media: (port) => [`m=audio ${port} RTP/AVP 8`],
  });
  await call.hears('hotline/menu');
  await call.keys('9');
  await call.hears('hotline/goodbye');
  await call.hangUp();
});

test.concurrent('a key that comes by INFO and as an event counts once', async () => {
  const citizen = await newCitizen('0011223341');
  const call = await callFrom(citizen.phone);
  await call.hears('hotline/menu');
  for (const key of `8${citizen.code}`) {
    call.request('INFO', keyByInfo(key)).catch(() => undefined); // it gets no answer: see below
    await call.keys(key);
  }
  await call.hears('hotline/password-intro');
  await call.hangUp();
});

describe('a request that is neither INVITE nor BYE', () => {
  test.concurrent('is answered during a call where Asterisk has an answer', async () => {
    const call = await callFrom('0912345678');
    const text = { headers: [['Content-Type', 'text/plain']] as const, body: 'xin chào' };
    expect(await call.request('OPTIONS')).toBe(200);
    expect(await call.request('UPDATE')).toBe(200);
    expect(await call.request('INFO')).toBe(200);
    expect(await call.request('MESSAGE', text)).toBe(202);
    await call.hangUp();
  });

  test.concurrent(
    'stands in the log where Asterisk leaves it without one, and the call goes on',
    async () => {
      const call = await callFrom('0912345678', { localAddress: '127.0.0.2' });
      const unanswered = ['NOTIFY', 'SUBSCRIBE', 'REFER', 'PUBLISH', 'FOO'];
      for (const method of unanswered) call.request(method).catch(() => undefined);
      call.request('INFO', keyByInfo('9')).catch(() => undefined);
      const log = () => readFileSync(join(runStateDirectory(), 'logs/application.log'), 'utf8');
      await until(() => unanswered.every((method) => log().includes(`no answer to ${method} in a call`)));
      await until(() => log().includes('a key by SIP INFO, which is not taken'));
      await call.keys('9');
      await call.hears('hotline/goodbye');
      await call.hangUp();
    },
  );

  test.concurrent.each([
    ['OPTIONS', 'ping', 200],
    ['MESSAGE', '19009068', 404],
    ['SUBSCRIBE', '19009068', 489],
    ['PUBLISH', '19009068', 489],
    ['NOTIFY', '19009068', 501],
    ['REFER', '19009068', 501],
    ['INFO', '19009068', 501],
    ['FOO', '19009068', 501],
  ])('outside a call, %s to %s gets %i', async (method, dial, status) => {
    const leg = await SipLeg.open({
      target: { host: '127.0.0.1', port: 5060 },
      localAddress: '127.0.0.2',
      dial,
      identity: { from: '0912345678' },
      rtpPort: 9,
    });
    const event = method === 'SUBSCRIBE' || method === 'PUBLISH' ? [['Event', 'presence'] as const] : [];
    const text =
      method === 'MESSAGE' ? { headers: [['Content-Type', 'text/plain']] as const, body: 'x' } : {};
    expect(await leg.request(method, { headers: event, ...text })).toBe(status);
    await leg.hangUp();
  });
});

/** Lets the services stand still until these keys have been pressed. */
async function pressWhileStill(
  services: readonly ('pbx' | 'application')[],
  call: ScriptedCall,
  keys: string,
) {
  const processes = services.map(processOf);
  for (const each of processes) process.kill(each, 'SIGSTOP');
  try {
    await call.keys(keys);
  } finally {
    for (const each of processes) process.kill(each, 'SIGCONT');
  }
}

describe('each key of a code that is keyed ahead counts once', () => {
  const still: [what: string, code: string, press: (call: ScriptedCall, code: string) => Promise<void>][] = [
    [
      'the PBX stands still at the choice',
      '0192837465',
      async (call, code) => {
        await pressWhileStill(['pbx'], call, '8');
        await call.keys(code);
      },
    ],
    [
      'the PBX stands still until half of it is keyed',
      '5647382910',
      async (call, code) => {
        await pressWhileStill(['pbx'], call, `8${code.slice(0, 5)}`);
        await call.keys(code.slice(5));
      },
    ],
    [
      'the application too, and longer, so that no file plays',
      '3829104756',
      async (call, code) => {
        process.kill(processOf('application'), 'SIGSTOP');
        await pressWhileStill(['pbx'], call, `8${code.slice(0, 3)}`);
        await pressWhileStill(['application'], call, code.slice(3, 7));
        await call.keys(code.slice(7));
      },
    ],
  ];

  test.each(still)('although %s', async (_what, code, press) => {
    const citizen = await newCitizen(code);
    const call = await callFrom(citizen.phone);
    await call.hears('hotline/menu');
    await press(call, code);
    await call.hears('hotline/password-intro');
    await call.hangUp();
  });
});
