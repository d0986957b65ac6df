/** Nobody waits in silence: what callers hear when the application freezes and never comes back. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import WebSocket from 'ws';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { kill, processOf, whenHealthy } from '../support/machine/hotline-under-test.ts';
import { isLetGo } from '../support/machine/let-go.ts';
import { auditOf, callFrom, enterCode, said } from '../support/machine/phone-call.ts';
import { until } from '../support/until.ts';

beforeEach(whenHealthy);
afterAll(async () => {
  await whenHealthy();
  await closeRegistryDatabase();
});

/** A caller, and how far the call is when the application freezes. */
interface Waiting {
  readonly citizen: Citizen;
  readonly call: ScriptedCall;
}

async function waitingAt(reach: (waiting: Waiting) => Promise<unknown>): Promise<Waiting> {
  const citizen = await newCitizen();
  const waiting = { citizen, call: await callFrom(citizen.phone) };
  await reach(waiting);
  return waiting;
}

const inTheMenu = ({ call }: Waiting) => call.hears('hotline/menu');
const atTheQuestion = async (waiting: Waiting) => {
  await inTheMenu(waiting);
  await waiting.call.keys('8');
  await waiting.call.hears('hotline/enter-code-10');
};
const afterTheQuestion = async (waiting: Waiting) => {
  await atTheQuestion(waiting);
  await waiting.call.heardToEnd('hotline/enter-code-10');
};
const amongTheKeys = async (waiting: Waiting) => {
  await atTheQuestion(waiting);
  await waiting.call.keys(waiting.citizen.code.slice(0, 4));
};
const inTheFirstReading = async ({ call, citizen }: Waiting) => {
  await enterCode(call, citizen.code);
  await call.hears(/^digits/);
};
const inTheSecondReading = async (waiting: Waiting) => {
  await inTheFirstReading(waiting);
  await waiting.call.hears('hotline/changed');
};

describe('an application that freezes for ever', () => {
  test('leaves nobody in silence: not in the menu, at the question, among the keys, in either reading', async () => {
    const second = await waitingAt(inTheSecondReading); // it lasts until the others are where they should be
    const [menu, first, ...others] = await Promise.all([
      waitingAt(inTheMenu),
      waitingAt(inTheFirstReading),
      waitingAt(atTheQuestion),
      waitingAt(afterTheQuestion),
      waitingAt(amongTheKeys),
    ]);
    const inside = [first, second, ...others];
    process.kill(processOf('application'), 'SIGSTOP');
    try {
      const frozenAt = new Map(inside.map(({ call }) => [call, call.nowMs]));
      await menu.call.keys('8');
      const pressedAt = menu.call.nowMs;
      await Promise.all([
        isLetGo(menu.call, pressedAt),
        ...inside.map((each) => isLetGo(each.call, frozenAt.get(each.call)!)),
      ]);
      // By now the lease has run out, so the next caller hears the apology at once.
      const late = await waitingAt(inTheMenu);
      const lateAt = late.call.nowMs;
      await late.call.keys('8');
      const { atMs } = await late.call.heardToEnd('hotline/unavailable');
      expect(atMs - lateAt).toBeLessThan(1000);
      await late.call.hangUp();
    } finally {
      await kill('application');
    }
    await whenHealthy();
    expect(said(first.call)).not.toContain('changed');
    expect(await logsIn(first.citizen, first.citizen.oldPassword)).toBe(true);
    expect(await logsIn(second.citizen, second.call.digitsHeard()[0]!)).toBe(true);
    expect(await auditOf(first.citizen.phone)).toMatchObject([{ outcome: 'interrupted' }]);
    expect(await auditOf(second.citizen.phone)).toMatchObject([{ outcome: 'changed' }]);
  });

  test('and one that comes back finds its calls gone: no password is changed, and the operator is not cut off', async () => {
    const waiting = await waitingAt(inTheFirstReading);
    const { call, citizen } = waiting;
    const application = processOf('application');
    process.kill(application, 'SIGSTOP');
    const frozenAtMs = call.nowMs;
    try {
      await call.hears('hotline/interrupted');
    } finally {
      process.kill(application, 'SIGCONT');
    }
    await isLetGo(call, frozenAtMs);
    expect(await auditOf(citizen.phone)).toEqual([
      { outcome: 'interrupted', reason: 'the PBX took the call back' },
    ]);
    expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
    await whenHealthy();
  });
});

/** Blocks the event loop of the application for ever, by way of Node's inspector. */
async function blockEventLoop(): Promise<void> {
  process.kill(processOf('application'), 'SIGUSR1'); // opens the inspector (Node's documentation)
  const targets = async () => {
    const answer = await fetch('http://127.0.0.1:9229/json').catch(() => undefined);
    return (await answer?.json()) as { webSocketDebuggerUrl: string }[] | undefined;
  };
  await until(async () => (await targets()) !== undefined);
  const inspector = new WebSocket((await targets())![0]!.webSocketDebuggerUrl);
  await once(inspector, 'open');
  inspector.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'for (;;);' } }));
  inspector.on('error', () => undefined); // cut when the process ends
}

test('an application whose event loop is blocked: the caller is let go, and the process ends and is back by itself', async () => {
  const waiting = await waitingAt(inTheFirstReading);
  const blocked = processOf('application');
  await blockEventLoop();
  await isLetGo(waiting.call, waiting.call.nowMs);
  await until(() => !existsSync(`/proc/${blocked}`));
  await whenHealthy();
  expect(await logsIn(waiting.citizen, waiting.citizen.oldPassword)).toBe(true);
  expect(await auditOf(waiting.citizen.phone)).toMatchObject([{ outcome: 'interrupted' }]);
});
