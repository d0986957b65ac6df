import { actOfKey } from '../../../examples/phone/keyboard.ts';

const pressed = (key: string, more = {}) => ({
  ...{ key, repeat: false, ctrlKey: false, altKey: false, metaKey: false },
  ...more,
});

test.each([...'0123456789*#'])('%s is that key of the phone', (key) => {
  expect(actOfKey(pressed(key), true)).toEqual({ do: 'key', key });
});

test('Enter calls, unless a button has the focus; Escape hangs up', () => {
  expect(actOfKey(pressed('Enter'), false)).toEqual({ do: 'call' });
  expect(actOfKey(pressed('Enter'), true)).toBeNull();
  expect(actOfKey(pressed('Escape'), true)).toEqual({ do: 'hangUp' });
});

test.each([
  pressed('a'),
  pressed('F5'),
  pressed('8', { repeat: true }),
  pressed('0', { ctrlKey: true }),
  pressed('1', { altKey: true }),
  pressed('1', { metaKey: true }),
])('%o is not for the phone', (key) => {
  expect(actOfKey(key, false)).toBeNull();
});
