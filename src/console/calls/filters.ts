/** What the list of calls can be narrowed by, as it stands in the address of the page. */
import { z } from 'zod';
import type { ArchiveFilter } from '../../registry/call-archive.ts';
import { vietnamese } from '../advice/vi.ts';
import type { CallOutcome } from '../../registry/call-records.ts';
import { dayField, daysAgo, nextDay, readFields, type Fields } from '../fields.ts';
import { day } from '../times.ts';

const minuteMs = 60_000;
const outcomes = Object.keys(vietnamese.outcomes) as [CallOutcome, ...CallOutcome[]];
const wholeSeconds = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number);
/** A minute of a day, as a field of type `time` writes it; ms since the day began. */
const minuteField = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/)
  .transform((text) => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * minuteMs);

const callFields = z.object({
  outcome: z.enum(outcomes).optional(),
  from: dayField.optional(),
  to: dayField.optional(),
  fromTime: minuteField.optional(),
  toTime: minuteField.optional(),
  node: z
    .string()
    .max(64)
    .regex(/^[\w.-]+$/)
    .optional(),
  min: wholeSeconds.optional(),
  max: wholeSeconds.optional(),
  /** A cursor of the list. */
  before: z.string().max(60).optional(),
});

export type CallFields = z.output<typeof callFields>;

export function readCallFields(query: unknown): Fields<CallFields> {
  const read = readFields(callFields, query);
  if ('fault' in read) return read;
  const values = withDays(read.values);
  const { from, to } = filterOf(values);
  if (from !== undefined && to !== undefined && from >= to) return { fault: ({ fields }) => fields.times };
  return { values };
}

/** A time without a day is one of the other field's day, or of today. */
function withDays(fields: CallFields): CallFields {
  const { from, to, fromTime, toTime } = fields;
  return {
    ...fields,
    from: from ?? (fromTime === undefined ? undefined : (to ?? daysAgo(0))),
    to: to ?? (toTime === undefined ? undefined : (from ?? daysAgo(0))),
  };
}

/** A day and a minute end with their last moment, and a length with its last millisecond. */
export function filterOf({
  outcome,
  from,
  to,
  fromTime = 0,
  toTime,
  node,
  min,
  max,
}: CallFields): ArchiveFilter {
  return {
    ...(outcome !== undefined && { outcome }),
    ...(from !== undefined && { from: new Date(from.getTime() + fromTime) }),
    ...(to !== undefined && {
      to: toTime === undefined ? nextDay(to) : new Date(to.getTime() + toTime + minuteMs),
    }),
    ...(node !== undefined && { node }),
    ...(min !== undefined && { minMs: min * 1000 }),
    ...(max !== undefined && { maxMs: max * 1000 + 1000 }),
  };
}

/** `14:05`, for a field of a form. @param ms since the day began */
export function spellMinute(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString().slice(11, 16);
}

/** For links, and for the audit log. */
export function namesOf({
  outcome,
  from,
  to,
  fromTime,
  toTime,
  node,
  min,
  max,
}: CallFields): Record<string, string | undefined> {
  return {
    outcome,
    from: from && day(from),
    to: to && day(to),
    fromTime: spellMinute(fromTime),
    toTime: spellMinute(toTime),
    node,
    min: min?.toString(),
    max: max?.toString(),
  };
}

/** The query of the same list, further on. */
export function queryOf(fields: CallFields, before?: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...namesOf(fields), before }))
    if (value !== undefined) query.set(name, value);
  return query.toString();
}
