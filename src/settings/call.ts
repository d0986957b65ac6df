import { z } from 'zod';
import { milliseconds, type Setting } from './setting.ts';

export const callSettings = {
  BHXH_CODE_LENGTHS: {
    schema: z.enum(['10', '12', '10,12']).transform((text) => text.split(',').map(Number)),
    default: '10',
    allowed: '10, 12 or 10,12',
    meaning: 'Accepted lengths of the code; each has its own announcement',
  },
  PASSWORD_LENGTH: {
    schema: z.coerce.number().int().min(6).max(12),
    default: '8',
    allowed: '6 to 12',
    meaning: 'Digits of a new password',
  },
  PASSWORD_VALID_MINUTES: {
    schema: z.enum(['0', '5', '10', '30', '60', '1440']).transform(Number),
    default: '10',
    allowed: '0 (no expiry), 5, 10, 30, 60 or 1440',
    meaning: 'Validity of a new password after its second reading; each has its own announcement',
  },
  FIRST_DIGIT_TIMEOUT_MS: {
    schema: milliseconds(3000, 20000),
    default: '7000',
    allowed: '3000 to 20000',
    meaning: 'Silence after a question before it is asked again',
  },
  INTERDIGIT_TIMEOUT_MS: {
    schema: milliseconds(2000, 15000),
    default: '5000',
    allowed: '2000 to 15000',
    meaning: 'Silence after a key before the code counts as complete',
  },
} satisfies Record<string, Setting>;
