/** The console's words in English, page by page. */
import { call, calls } from './en/calls.ts';
import { day } from './en/day.ts';
import { fields } from './en/fields.ts';
import { frame } from './en/frame.ts';
import { now } from './en/now.ts';
import { account, users } from './en/people.ts';
import { prompts } from './en/prompts.ts';
import type { Words } from './vi.ts';

export const english: Words = { ...frame, fields, now, day, calls, call, account, prompts, users };
