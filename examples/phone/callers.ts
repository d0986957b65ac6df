/** Who can call from the phone in the browser. Each is an endpoint of the PBX, which fixes the number (pbx.ts). */
import { demoCitizens } from '../../src/mysql/import/demo-citizens.ts';
import type { Caller } from './settings.ts';

/** The phones of the demo citizens, and one that withholds its number. */
export const callers: readonly Caller[] = [
  ...[...Map.groupBy(demoCitizens, ({ phone }) => phone)].map(([phone, citizens], index) => ({
    user: `browser-${index + 1}`,
    phone: phone.replace('+84', '0'),
    codes: citizens.map(({ bhxhCode }) => bhxhCode),
  })),
  { user: 'browser-withheld', phone: null, codes: [] },
];
