import { hashPassword } from '../../src/accounts/password-hash.ts';
import { inVirtualTime } from '../../src/simulation/virtual-time.ts';
import { wait } from '../../src/timing/wait.ts';

const half = () => 0.5;

test('a day passes at once, on every clock', async () => {
  const begunAt = performance.now();
  const dayMs = 86_400_000;
  const passed = await inVirtualTime(async () => {
    const [now, date] = [performance.now(), Date.now()];
    await wait(dayMs);
    return [performance.now() - now, Date.now() - date];
  }, half);
  expect(passed).toEqual([dayMs, dayMs]);
  expect(performance.now() - begunAt).toBeLessThan(dayMs / 2);
});

test('timers come in the order of their times, and those at the same time in the order in which they were set', async () => {
  const order: string[] = [];
  await inVirtualTime(async () => {
    setTimeout(() => order.push('20'), 20);
    setTimeout(() => order.push('10, first'), 10);
    clearTimeout(setTimeout(() => order.push('never'), 5));
    setTimeout(() => order.push('10, second'), 10);
    await wait(30);
  }, half);
  expect(order).toEqual(['10, first', '10, second', '20']);
});

test('a hash takes none of it', async () => {
  const tookMs = await inVirtualTime(async () => {
    setTimeout(() => undefined, 1);
    await hashPassword('13572468');
    return performance.now();
  }, half);
  expect(tookMs).toBe(0);
});

test('clocks and chance are real again, also when the work throws', async () => {
  const { setTimeout: timer, clearTimeout: clear } = globalThis;
  const clocks = () =>
    [Date, Math, performance].map((each) => Object.entries(Object.getOwnPropertyDescriptors(each)));
  const before = clocks();
  const work = async () => {
    await wait(10);
    expect(Math.random()).toBe(0.5);
    throw new Error('from within');
  };
  await expect(inVirtualTime(work, half)).rejects.toThrow('from within');
  expect(clocks()).toEqual(before);
  expect([globalThis.setTimeout, globalThis.clearTimeout]).toEqual([timer, clear]);
});
