import { z } from 'zod';
import type { Setting } from './setting.ts';

export const developerSettings = {
  DEVELOPER_PAGES: {
    schema: z.enum(['on', 'off']).transform((word) => word === 'on'),
    default: 'off',
    allowed: 'on or off',
    meaning:
      "Whether the pages of examples/ are served beside the console; `make run` sets it. Without development's npm packages there are none to serve",
  },
  BROWSER_PHONE_PASSWORD: {
    schema: z.string(),
    default: '',
    allowed: 'a text, or empty (no /phone)',
    meaning:
      'Password of the phone in the browser, which its page is given; `make run` makes a new one at each start',
  },
  LOGIN_DATABASE_URL: {
    schema: z.literal('').or(z.url({ protocol: /^mysql$/ })),
    default: '',
    allowed: 'mysql://user:password@host:port/database, or empty (no /login)',
    meaning:
      "The login page's own user of the database, with the rights in examples/login/rights.sql; `make run` makes it. `hotline serve` refuses it where there are no pages for developers",
  },
} satisfies Record<string, Setting>;
