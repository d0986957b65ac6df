/** Simulated calls, and whether the promises would be seen to be broken. */
import type { Call } from '../../src/call/call.ts';
import type { Caller, Hotline } from '../../src/hotline/context.ts';
import { speakDigits } from '../../src/call/prompts.ts';
import { endings, type Ending } from '../../src/hotline/ending.ts';
import { hashPassword } from '../../src/accounts/password-hash.ts';
import type { CallOutcome } from '../../src/registry/call-records.ts';
import { readKeys } from '../../src/simulation/keyed-caller.ts';
import { loadHotline } from '../../src/simulation/load-hotline.ts';
import { siteKeysIn } from '../../src/simulation/menu.ts';
import { wait } from '../../src/timing/wait.ts';
import { brokenIn, callKeying, hotline, promptsIn } from './simulated-hotline.ts';

test('a caller who matches hears the password twice, within one minute of the tariff', async () => {
  const report = await callKeying('8 0123456789');
  const [first, second, ...more] = report.readings;
  expect(more).toEqual([]);
  expect(second).toEqual(first);
  expect(report).toMatchObject({
    ...{ branch: 'reset', verdict: 'asserted', outcome: 'changed', reset: 'activated', toldChanged: true },
    ...{ endedBy: 'hotline', vnd: 1000, from: '+84***5678' },
  });
  expect(report.seconds).toBeGreaterThan(35);
  expect(report.seconds).toBeLessThan(60);
  expect(brokenIn(report)).toEqual([]);
});

test.each([
  ['8 9999999999 8888888888 7777777777', 'mismatch', null],
  ['8 0123456789 password-intro:,,,h', 'hung-up', 'voided'],
  ['8 0123456789 changed:h', 'changed', 'activated'],
  ['80123456789', 'changed', 'activated'],
  ['menu:8 enter-code-10:01*0123456789', 'changed', 'activated'],
  ['8 0123456789 offer-reading:1', 'changed', 'activated'],
  ['8 0#', 'operator', null],
  ['8', 'no-input', null],
  ['0', null, null],
  ['9', null, null],
  ['7 * 5', null, null],
  ['', null, null],
  ['menu:h', null, null],
])('a caller who keys %j ends with %s, and the reset is %s', async (keys, outcome, reset) => {
  const report = await callKeying(keys);
  expect(report).toMatchObject({ outcome, reset, branch: outcome === null ? null : 'reset' });
  expect(brokenIn(report)).toEqual([]);
});

test('the menu is said three times, with what was wrong, and then goodbye', async () => {
  expect(promptsIn(await callKeying('7'))).toEqual(
    ['menu', 'menu-invalid', 'menu', 'menu-silence', 'menu', 'goodbye'], // prettier-ignore
  );
});

test.each([
  ['a withheld number', '', 'withheld'],
  ['a number from abroad', '+12025550123', 'withheld'],
])('%s resets nothing', async (_what, from, verdict) => {
  const report = await callKeying('8 0123456789', { from });
  expect(report).toMatchObject({ outcome: 'no-identity', verdict, reset: null });
});

test('a code of somebody else changes nothing, and sounds like any mismatch', async () => {
  const [mine, nobodys] = [await callKeying('8 7912345678'), await callKeying('8 9999999999')];
  expect(mine.events.filter(({ kind }) => kind === 'heard')).toEqual(
    nobodys.events.filter(({ kind }) => kind === 'heard'),
  );
  expect(mine).toMatchObject({ reset: null, toldChanged: false });
});

const liars: Record<string, (call: Call, caller: Caller, hotline: Hotline) => Promise<unknown>> = {
  'I1: says that the password changed': (call) => call.say('changed'),
  'I2: changes what nobody has heard': (_call, caller, { registry }) =>
    changeTo('86420135', caller, registry, 'changed'),
  'I4: leaves a reset open': async (_call, _caller, { registry }) => {
    const offer = { resetId: 'r', callId: 'of another call', accountId: 1, phone: '+84912345678' };
    await registry.prepareReset({ ...offer, lifetimeMs: 1000 });
  },
  'I5: changes the password, and its row does not say so': async (call, caller, { registry }) => {
    await call.say(...speakDigits('86420135'));
    await changeTo('86420135', caller, registry, 'served');
  },
  'I6: writes a code into the log': async (call, _caller, { logger }) => {
    await call.ask({ prompts: ['enter-code-10'], lengths: [10] });
    logger.info('a field that is not redacted', { callId: '0123456789' });
  },
  'I8: is silent': () => wait(12_000),
};

async function changeTo(
  password: string,
  caller: Caller,
  registry: Hotline['registry'],
  outcome: CallOutcome,
): Promise<void> {
  const offer = { resetId: 'r', callId: (caller as { callId: string }).callId, accountId: 1 };
  const change = { ...offer, phone: '+84912345678', passwordHash: await hashPassword(password) };
  await registry.prepareReset({ ...change, lifetimeMs: 1000 });
  const closing = { outcome, reason: 'of a liar', durationMs: 1 };
  await registry.activateReset({ ...change, passwordValidMs: 0, closing });
}

test.each(Object.keys(liars))('a branch is found out that breaks %s', async (what) => {
  const serve = async (call: Call, caller: Caller, context: Hotline): Promise<Ending> => {
    await liars[what]!(call, caller, context);
    return endings.served();
  };
  const branch = { name: 'liar', prompts: [], serve };
  const report = await callKeying('0123456789', { branch });
  expect(brokenIn(report)).toEqual([what.split(':')[0]]);
});

test('a branch that waits for something that never comes is given up', async () => {
  const branch = { name: 'stuck', prompts: [], serve: () => new Promise<Ending>(() => undefined) };
  await expect(callKeying('', { branch })).rejects.toThrow('look for a promise in the branch'); // prettier-ignore
});

test.each(['8 x', 'Menu:8', '8:1', 'menu:'])('keys of %j are refused', (keys) => {
  expect(() => readKeys(keys, () => true)).toThrow('cannot be read: expected keys 0 to 9');
});

test('keys during a prompt that is none are refused', () => {
  expect(() => readKeys('8 chnged:h', (name) => name === 'changed')).toThrow('there is no prompt "chnged"');
  expect(() => readKeys('8 changed:h', (name) => name === 'changed')).not.toThrow();
});

test('a file of the site that is there and cannot be read is named, and one that is not there is not missed', async () => {
  const complaints: string[] = [];
  for (const file of [import.meta.dirname, '/nowhere/extensions-site.conf'])
    expect((await loadHotline(hotline, file, (why) => complaints.push(why))).siteKeys).toEqual(new Map());
  expect(complaints).toEqual([
    `${import.meta.dirname} cannot be read (EISDIR): in this call keys 1 to 7 lead nowhere; call as root`,
  ]);
});

test('keys of the menu are read from the context of the site alone', () => {
  const text = `
[hotline-operator]
exten => 5,1,Goto(hotline-application,operators,1)
[hotline-site-branches] ; keys
exten => 1,1,Goto(hotline-application,office-hours,1)   ; a comment
 same => n,Hangup()
exten => 2 , 1 , Goto(my-own,s,1)
; exten => 3,1,Goto(hotline-application,off,1)
exten=>4,1,Goto(hotline-application,other,1)
[mine]
exten => 6,1,NoOp()`;
  expect([...siteKeysIn(text)]).toEqual([
    ['1', 'office-hours'],
    ['2', null],
    ['4', 'other'],
  ]);
});
