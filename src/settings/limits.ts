import { z } from 'zod';
import { shippedLimits } from '../accounts/limits.ts';
import { count, type Setting } from './setting.ts';

export const limitSettings = {
  ENTRIES_PER_CALL: {
    schema: count.max(10),
    default: '3',
    allowed: '1 to 10',
    meaning: 'How often the code may be keyed in one call',
  },
  MISMATCHES_PER_PHONE_HOUR: {
    schema: count,
    default: String(shippedLimits.mismatchesPerPhoneHour),
    allowed: '1 to 1000',
    meaning: 'Entries from one phone that did not match, in any 60 minutes, before it is told to try later',
  },
  MISMATCHES_PER_PHONE_DAY: {
    schema: count,
    default: String(shippedLimits.mismatchesPerPhoneDay),
    allowed: '1 to 1000',
    meaning: 'The same in any 24 hours',
  },
  MISMATCHES_PER_CODE_DAY: {
    schema: count,
    default: String(shippedLimits.mismatchesPerCodeDay),
    allowed: '1 to 1000',
    meaning:
      'Entries of one code that did not match, in any 24 hours, before every entry of it sounds like a mismatch',
  },
  RESETS_PER_ACCOUNT_DAY: {
    schema: count,
    default: String(shippedLimits.resetsPerAccountDay),
    allowed: '1 to 1000',
    meaning: 'New passwords of one account in any 24 hours',
  },
  RESETS_APART_SECONDS: {
    schema: z.coerce.number().int().min(0).max(86400),
    default: String(shippedLimits.resetsApartMs / 1000),
    allowed: '0 to 86400',
    meaning: 'From one new password of an account to the next',
  },
  CALLS_PER_PHONE: {
    schema: count,
    default: String(shippedLimits.callsPerPhone),
    allowed: '1 to 1000',
    meaning: 'Calls in branch 8 at once from one phone',
  },
} satisfies Record<string, Setting>;
