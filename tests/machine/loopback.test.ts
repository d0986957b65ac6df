import { isLoopback } from '../../src/machine/loopback.ts';

test('only this machine itself is loopback', () => {
  expect(
    ['127.0.0.1', '127.0.0.1:8088', '127.255.0.4', '[::1]:8088', '[::1]', '::1', 'localhost'].map(isLoopback),
  ).not.toContain(false);
  expect(
    ['0.0.0.0:8088', '192.0.2.1', '127.0.0.1.example', '10.127.0.0.1', '[::]:8088', ''].map(isLoopback),
  ).not.toContain(true);
});
