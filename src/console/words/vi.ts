/** The console's words in Vietnamese, page by page. English (en.ts) has the same keys. */
import { call, calls } from './vi/calls.ts';
import { day } from './vi/day.ts';
import { fields } from './vi/fields.ts';
import { frame } from './vi/frame.ts';
import { now } from './vi/now.ts';
import { account, users } from './vi/people.ts';
import { prompts } from './vi/prompts.ts';

export const vietnamese = { ...frame, fields, now, day, calls, call, account, prompts, users };

export type Words = typeof vietnamese;
