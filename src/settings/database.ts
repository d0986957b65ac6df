import { z } from 'zod';
import { milliseconds, type Setting } from './setting.ts';

export const databaseSettings = {
  DATABASE_URL: {
    schema: z.url({ protocol: /^mysql$/ }),
    allowed: 'mysql://user:password@host:port/database',
    meaning: 'The registry: MySQL 8.4 or later, or MariaDB 10.11 or later',
  },
  DATABASE_OWNER_URL: {
    schema: z.literal('').or(z.url({ protocol: /^mysql$/ })),
    default: '',
    allowed: 'mysql://user:password@host:port/database, or empty (DATABASE_URL serves for everything)',
    meaning:
      'The user who owns the schema: for migrate, import and audit prune; never given to the application',
  },
  DATABASE_DEADLINE_MS: {
    schema: milliseconds(500, 2500),
    default: '2000',
    allowed: '500 to 2500',
    meaning: 'Longest wait for one answer of the registry',
  },
  DATABASE_POOL_SIZE: {
    schema: z.coerce.number().int().min(1).max(200),
    default: '20',
    allowed: '1 to 200',
    meaning: 'Connections to the registry',
  },
} satisfies Record<string, Setting>;
