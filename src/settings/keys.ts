import { z } from 'zod';
import type { Setting } from './setting.ts';

const key = z.string().regex(/^[0-9a-f]{64}$/);
const keysBefore = {
  schema: z
    .literal('')
    .transform((): string[] => [])
    .or(
      z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(key)),
    ),
  default: '',
  allowed: 'keys of 64 lower-case hexadecimal digits with a comma between them, the latest first; or empty',
};

export const keySettings = {
  HASH_KEY: {
    schema: key,
    allowed: '64 lower-case hexadecimal digits',
    meaning:
      'Key of the hashes by which codes and phones are counted and audited. How to change it: docs/operating.md',
  },
  HASH_KEYS_BEFORE: {
    ...keysBefore,
    meaning:
      'Earlier values of HASH_KEY: limits still count what was charged under the latest of them, audit show finds calls by all',
  },
  AUDIT_KEY: {
    schema: key,
    allowed: '64 lower-case hexadecimal digits',
    meaning:
      'Key of the rows and seals of the audit log; keep a copy away from the database. How to change it: docs/operating.md',
  },
  AUDIT_KEYS_BEFORE: {
    ...keysBefore,
    meaning: 'Earlier values of AUDIT_KEY, for as long as rows made with them are kept',
  },
} satisfies Record<string, Setting>;
