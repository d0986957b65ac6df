import { z } from 'zod';
import { shippedLimits } from '../accounts/limits.ts';
import { count, type Setting } from './setting.ts';

export const limitSettings = {
  ENTRIES_PER_CALL: {
    schema: count.max(10),
    default: '3',
    allowed: '1 to 10',
    meaning: 'Attempts in one call: how often a code may be keyed',
  },
  MISMATCHES_PER_PHONE_HOUR: {
    schema: count,
    default: String(shippedLimits.mismatchesPerPhoneHour),
    allowed: '1 to 1000',
    meaning: 'Mismatches from one phone in any 60 minutes before it is told to try later',
  },
  MISMATCHES_PER_PHONE_DAY: {
    schema: count,
    default: String(shippedLimits.mismatchesPerPhoneDay),
    allowed: '1 to 1000',
    meaning: 'Mismatches from one phone in any 24 hours before it is told to try later',
  },
  MISMATCHES_PER_CODE_DAY: {
    schema: count,
    default: String(shippedLimits.mismatchesPerCodeDay),
    allowed: '1 to 1000',
    meaning: 'Mismatches on one code in any 24 hours before every attempt on it sounds like a mismatch',
  },
  RESETS_PER_ACCOUNT_DAY: {
    schema: count,
    default: String(shippedLimits.resetsPerAccountDay),
    allowed: '1 to 1000',
    meaning: 'New passwords for one account in any 24 hours',
  },
  RESETS_APART_SECONDS: {
    schema: z.coerce.number().int().min(0).max(86400),
    default: String(shippedLimits.resetsApartMs / 1000),
    allowed: '0 to 86400',
    meaning: 'Shortest time between two new passwords for one account',
  },
  CALLS_PER_PHONE: {
    schema: count,
    default: String(shippedLimits.callsPerPhone),
    allowed: '1 to 1000',
    meaning: 'Calls from one phone in the application at the same time',
  },
} satisfies Record<string, Setting>;
