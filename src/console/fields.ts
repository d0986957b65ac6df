/** Reads what stands in a form or a query. A refusal names the field and what is allowed. */
import { z } from 'zod';
import { startOfVietnamDay, vietnamOffset } from '../timing/vietnam-time.ts';
import type { Words } from './words/vi.ts';

/** Why a form is refused, in the words of a language. */
export type FieldFault = (words: Words) => string;

/** What a form holds, or what is wrong with it. */
export type Fields<T> = { readonly values: T } | { readonly fault: FieldFault };

/**
 * @param schema of an object, whose fields have each a sentence in `words.fields`
 * @param given a parsed query or body: text for each field, or several texts where one was sent twice
 */
export function readFields<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  given: unknown,
): Fields<z.output<z.ZodObject<Shape>>> {
  // An empty field of a form is one that was left out.
  const filled = Object.entries((given ?? {}) as Record<string, unknown>).filter(([, value]) => value !== '');
  const read = schema.safeParse(Object.fromEntries(filled));
  if (read.success) return { values: read.data };
  const field = String(read.error.issues[0]?.path[0] ?? '');
  return { fault: ({ fields }) => sentenceFor(fields, field) };
}

function sentenceFor(fields: Words['fields'], field: string): string {
  const sentence = Object.hasOwn(fields, field) ? fields[field as keyof typeof fields] : fields.unknown;
  return typeof sentence === 'string' ? sentence : fields.unknown;
}

/** The start of a day of Vietnam, from `2026-11-25`. */
export const dayField = z
  .string()
  .regex(/^20\d\d-\d\d-\d\d$/)
  .transform((text, context) => {
    const start = new Date(`${text}T00:00:00${vietnamOffset}`);
    // JavaScript reads the 31st of November as the 1st of December.
    if (!Number.isNaN(start.getTime()) && isSameDay(start, text)) return start;
    context.addIssue('no such day');
    return z.NEVER;
  });

const dayMs = 86_400_000;

function isSameDay(start: Date, text: string): boolean {
  return new Date(start.getTime() + dayMs / 2).toISOString().startsWith(text);
}

/** The start of the day after. */
export function nextDay(start: Date): Date {
  return new Date(start.getTime() + dayMs);
}

/** The start of today in Vietnam, or of a day before. */
export function daysAgo(days: number, now = new Date()): Date {
  return new Date(startOfVietnamDay(now).getTime() - days * dayMs);
}
