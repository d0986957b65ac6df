/** What the list of calls can be narrowed by, as it stands in the address of the page. */
import { z } from 'zod';
import type { ArchiveFilter } from '../../registry/call-archive.ts';
import { vietnamese } from '../advice/vi.ts';
import type { CallOutcome } from '../../registry/call-records.ts';
import { dayField, nextDay, readFields, type Fields } from '../fields.ts';
import { day } from '../times.ts';

const outcomes = Object.keys(vietnamese.outcomes) as [CallOutcome, ...CallOutcome[]];
const wholeSeconds = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number);

const callFields = z.object({
  outcome: z.enum(outcomes).optional(),
  from: dayField.optional(),
  to: dayField.optional(),
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
  return readFields(callFields, query);
}

/** A day ends with its last moment, and a length with its last millisecond. */
export function filterOf({ outcome, from, to, node, min, max }: CallFields): ArchiveFilter {
  return {
    ...(outcome !== undefined && { outcome }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to: nextDay(to) }),
    ...(node !== undefined && { node }),
    ...(min !== undefined && { minMs: min * 1000 }),
    ...(max !== undefined && { maxMs: max * 1000 + 1000 }),
  };
}

/** For links, and for the audit log. */
export function namesOf({
  outcome,
  from,
  to,
  node,
  min,
  max,
}: CallFields): Record<string, string | undefined> {
  return {
    outcome,
    from: from && day(from),
    to: to && day(to),
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
