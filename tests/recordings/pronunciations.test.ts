import { pronounce } from '../../src/recordings/pronunciations.ts';

const pronunciations = { VssID: 'vê ét ét ai đi', '1900 90 68': 'một chín', 90: 'chín mươi', 0: 'không' };

test.each([
  [
    'what has a pronunciation is said so, each time',
    'VssID: bấm 0, VssID.',
    'vê ét ét ai đi: bấm không, vê ét ét ai đi.',
  ],
  ['the longest counts', 'Số 1900 90 68, và 90.', 'Số một chín, và chín mươi.'],
  ['a pronunciation is for whole words', 'Nhập 10 số của VssIDs.', 'Nhập 10 số của VssIDs.'],
  ['marks around a word stay', '(0) «0»!', '(không) «không»!'],
])('%s', (_, text, spoken) => {
  expect(pronounce(text, pronunciations)).toBe(spoken);
});
