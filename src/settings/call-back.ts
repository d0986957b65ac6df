import { z } from 'zod';
import { count, milliseconds, type Setting } from './setting.ts';

export const callBackSettings = {
  CALL_BACK: {
    schema: z.enum(['off', 'risk', 'always']),
    default: 'risk',
    allowed: 'off, risk or always',
    meaning:
      "When a password is only said in a call to the registered number; risk: after a code's limit, or when the carrier contradicts itself about the caller",
  },
  CALL_BACKS_PER_NUMBER_DAY: {
    schema: count.max(50),
    default: '3',
    allowed: '1 to 50',
    meaning: 'Calls back to one number in any 24 hours',
  },
  CALL_BACKS_AT_ONCE: {
    schema: count.max(500),
    // With `always` a caller is on the line for about 35 s and is called back for about 75 s.
    default: '130',
    allowed: '1 to 500',
    meaning:
      'Calls back promised or under way at the same time; two thirds of MAX_CALLS serve as many callers as there are lines for, if your carrier gives as many lines out',
  },
  CALL_BACK_RING_SECONDS: {
    schema: z.coerce.number().int().min(10).max(60),
    default: '30',
    allowed: '10 to 60',
    meaning: 'How long the registered phone may ring',
  },
  CALL_BACK_DELAY_MS: {
    schema: milliseconds(1000, 20000),
    default: '3000',
    allowed: '1000 to 20000',
    meaning: "From the end of the caller's call to the call-back: the line has to be free again",
  },
} satisfies Record<string, Setting>;
