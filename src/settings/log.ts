import { z } from 'zod';
import type { Setting } from './setting.ts';

export const logSettings = {
  LOG_LEVEL: {
    schema: z.enum(['error', 'warn', 'info', 'debug']),
    default: 'info',
    allowed: 'error, warn, info or debug',
    meaning: 'How much is logged; no level holds a secret',
  },
  LOG_FORMAT: {
    schema: z.enum(['json', 'pretty']),
    default: 'json',
    allowed: 'json or pretty',
    meaning: 'One JSON object a line, or lines for people',
  },
} satisfies Record<string, Setting>;
