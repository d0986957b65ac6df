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
} satisfies Record<string, Setting>;
