import { whyNotAnswered } from '../../../src/asterisk/ari/ari-dialler.ts';

test.each([
  [17, 'busy'],
  [19, 'no answer'],
  [38, 'carrier not reached'],
  [21, 'refused by the carrier: cause 21'],
  [34, 'refused by the carrier: cause 34'],
  [403, 'refused by the carrier: SIP 403'],
  [603, 'refused by the carrier: SIP 603'],
])('a call-back that ends with cause %d: %s', (cause, reason) => {
  expect(whyNotAnswered(cause)).toBe(reason);
});
