import { z } from 'zod';
import type { Setting } from './setting.ts';

export const retentionSettings = {
  KEEP_RESETS_DAYS: {
    // The limits count resets of the last 24 hours.
    schema: z.coerce.number().int().min(2).max(3650),
    default: '30',
    allowed: '2 to 3650',
    meaning:
      'Days after which resets, and notifications that were delivered or given up, are deleted; the audit log is kept until it is pruned',
  },
  CALL_STEPS_DAYS: {
    schema: z.coerce.number().int().min(1).max(3650),
    default: '30',
    allowed: '1 to 3650',
    meaning:
      'Days after which the steps of a call are deleted: what was said, pressed and answered in it, and when. Its row in the audit log stays',
  },
} satisfies Record<string, Setting>;
