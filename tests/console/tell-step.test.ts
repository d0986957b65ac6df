/** The steps of a call in an officer's words. The calls are those behind the tests of what is kept. */
import { english } from '../../src/console/advice/en.ts';
import { tellStep } from '../../src/console/advice/tell-step.ts';
import { vietnamese } from '../../src/console/advice/vi.ts';
import type { AdviceWords } from '../../src/console/advice/words.ts';
import { CallBackOrders } from '../../src/hotline/call-back/orders.ts';
import type { Hotline } from '../../src/hotline/context.ts';
import { laneOf, readSteps, type CallStep, type StepKind } from '../../src/registry/call-steps.ts';
import { callAlong, matched, unchanged } from '../support/fakes/call-paths.ts';
import { FakeCallBackLine } from '../support/fakes/fake-call-back-line.ts';
import type { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import { code, hotlineWithCitizen, keying, lengths, place } from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

const stepsOf = (registry: MemoryRegistry): CallStep[] =>
  [...registry.steps.values()].flatMap(readSteps).filter((step): step is CallStep => 'kind' in step);

/** Each sentence once: a row of keys is one. */
const tell = (words: AdviceWords, steps: readonly CallStep[]): string[] =>
  steps.map((step) => tellStep(words, step)).filter((text, index, texts) => text !== texts[index - 1]);

describe('a reset', () => {
  let steps: CallStep[];
  beforeEach(async () => {
    const { registry, hotline } = hotlineWithCitizen();
    await place(hotline, keying(code));
    steps = stepsOf(registry);
  });

  test('in Vietnamese', () => {
    expect(tell(vietnamese, steps)).toEqual([
      ...['gọi đến nhánh 8', 'nhấc máy', 'số gọi đến: đã xác nhận', 'cuộc gọi được phục vụ'],
      ...['đọc: mời nhập mã 10 số', 'bấm phím', 'bị ngắt giữa chừng'],
      ...['mã số khớp', 'đã chuẩn bị mật khẩu mới', 'đọc: xin vui lòng chờ', 'đã đọc hết'],
      ...['đọc: mời ghi mật khẩu mới, 8 chữ số', 'đã đọc hết', 'mật khẩu đã được đổi'],
      ...['đọc: mật khẩu đã được đổi, 8 chữ số', 'đã đọc hết'],
      ...['đọc: bấm 1 nghe lại mật khẩu, hiệu lực 10 phút, hãy đổi khi đăng nhập', 'đã đọc hết'],
      ...['đọc: chào tạm biệt', 'đã đọc hết', 'gác máy', 'kết quả: đã đổi'],
    ]);
  });

  test('in English', () => {
    expect(tell(english, steps).slice(-9)).toEqual([
      'password changed',
      'says: password changed, 8 digits',
      'said to the end',
      'says: press 1 to hear it again, valid for 10 minutes, change it when you log in',
      'said to the end',
      'says: goodbye',
      'said to the end',
      'hangs up',
      'outcome: changed',
    ]);
  });
});

describe('no step of a call is shown in Vietnamese as it is recorded', () => {
  const untold = (registry: MemoryRegistry) =>
    stepsOf(registry).filter(({ kind, detail }) => {
      const text = tellStep(vietnamese, { atMs: 0, kind, ...(detail !== undefined && { detail }) });
      return (detail ?? kind)
        .split(' ')
        .some((word) => !/^\d+$/.test(word) && text.split(/[ ,:]+/).includes(word));
    });

  test.each(Object.entries({ matched, ...unchanged }))('%s', async (_path, path) => {
    const { registry } = await callAlong(path, () => undefined);
    expect(stepsOf(registry).length).toBeGreaterThan(3);
    expect(untold(registry)).toEqual([]);
  });

  test('a hold and a hang-up in the reading', async () => {
    let readings = 0;
    const { registry } = await callAlong(matched, (sound, line) => {
      if (sound !== 'hotline/password-intro') return;
      if (readings++ > 0) return line.after(3000, () => line.hangUp());
      line.goOnHold();
      line.after(2000, () => line.takeBack());
    });
    expect(stepsOf(registry).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['held', 'back', 'gone']),
    );
    expect(untold(registry)).toEqual([]);
  });

  test('a call-back, and a PBX that plays nothing', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const line = new FakeCallBackLine(lengths, 'no answer');
    const options = {
      mode: 'always',
      perNumberDay: 3,
      atOnce: 1,
      ringMs: 1000,
      delayMs: 1000,
      line,
    } as const;
    const callingBack: Hotline = { ...hotline, callBacks: new CallBackOrders(options) };
    await place(callingBack, keying(code));
    await place(hotline, keying(code), undefined, ['hotline/enter-code-10']);
    expect(stepsOf(registry).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['call-back', 'dials', 'fault']),
    );
    expect(untold(registry)).toEqual([]);
  });
});

describe.each([
  ['Vietnamese', vietnamese],
  ['English', english],
])('in %s', (_language, words) => {
  test('what the language has no word for is shown as recorded', () => {
    const told = (kind: StepKind, detail: string) => tellStep(words, { atMs: 0, kind, detail });
    expect(told('fault', 'RangeError')).toContain('RangeError');
    expect(told('gone', 'for $& reasons')).toContain('for $& reasons');
    expect(told('says', 'constructor 8 digits')).toContain('constructor');
    expect(told('constructor' as StepKind, 'x')).toBe('constructor x');
  });

  test('steps that there was no room for are counted', () => {
    expect(tellStep(words, { atMs: 0, omitted: 17 })).toContain('17');
  });

  test('a step without a detail is its kind, and no more', () => {
    const texts = Object.keys(laneOf).map((kind) => tellStep(words, { atMs: 0, kind: kind as StepKind }));
    expect(texts.filter((text) => text === '' || /[:… ]$/.test(text))).toEqual([]);
  });
});
