import { askSeldom } from '../../src/timing/ask-seldom.ts';

const day = 86_400_000;

test('an answer stands for its time, and everybody gets the same one', async () => {
  let asked = 0;
  const ask = askSeldom(day, () => Promise.resolve(++asked));
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  expect(await ask()).toBe(1);
});

test('an answer that is old enough is asked for again', async () => {
  let asked = 0;
  const ask = askSeldom(0, () => Promise.resolve(++asked));
  await ask();
  expect(await ask()).toBe(2);
});

test('a failure stands for nobody who comes later: the next one asks again at once', async () => {
  const answers = [Promise.reject(new Error('Asterisk is unreachable')), Promise.resolve('all there')];
  const ask = askSeldom(day, () => answers.shift()!);
  const [one, other] = [ask(), ask()];
  await expect(one).rejects.toThrow('Asterisk is unreachable');
  await expect(other).rejects.toThrow('Asterisk is unreachable');
  expect(await ask()).toBe('all there');
  expect(await ask()).toBe('all there');
});
