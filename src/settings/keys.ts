import { z } from 'zod';
import type { Setting } from './setting.ts';

export const keySettings = {
  HASH_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    allowed: '64 lower-case hexadecimal digits',
    meaning:
      'Key of the hashes by which codes and phones are counted and audited; keep it for as long as the database',
  },
  AUDIT_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    allowed: '64 lower-case hexadecimal digits',
    meaning: 'Key of the seals over the audit log; keep a copy away from the database',
  },
} satisfies Record<string, Setting>;
