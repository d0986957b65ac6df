/**
 * One line of a CSV file. A line never goes on in the next one: no column of ours holds a line break, so
 * a quotation mark gone astray costs its own line and no other.
 */

import { formulaFault, isUnseen } from './cell-text.ts';

export const separators = [',', ';', '\t', '|'] as const;
export type Separator = (typeof separators)[number];

export const separatorNames: Readonly<Record<Separator, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'vertical bars',
};

/** The fields of a line, quotation marks removed, or what is wrong with them. */
export function splitLine(line: string, separator: Separator): string[] | { reason: string } {
  if (!line.includes('"')) return line.split(separator);
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    const field = readField(line, at, separator);
    if ('reason' in field) return field;
    fields.push(field.text);
    if (field.end >= line.length) return fields;
    at = field.end;
  }
}

/** The field that begins at `start`, and where its separator stands; the line's length if it is the last one. */
function readField(
  line: string,
  start: number,
  separator: Separator,
): { text: string; end: number } | { reason: string } {
  const content = skipBlanks(line, start, separator);
  const opening = line.startsWith('="', content) ? content + 1 : content; // ="0123456789": digits as text
  if (line[opening] !== '"') {
    const next = line.indexOf(separator, start);
    const end = next < 0 ? line.length : next;
    const text = line.slice(start, end);
    return text.includes('"') ? { reason: describeMark(line[content]) } : { text, end };
  }
  const closing = closingMark(line, opening + 1);
  if (closing < 0) return { reason: 'a quotation mark is opened on this line and never closed' };
  const end = skipBlanks(line, closing + 1, separator);
  if (end < line.length && line[end] !== separator) return { reason: describeMark(line[content]) };
  return { text: line.slice(opening + 1, closing).replaceAll('""', '"'), end };
}

/** The place of the next visible character or separator; at the end, the line's length. */
function skipBlanks(line: string, from: number, separator: Separator): number {
  let at = from;
  while (at < line.length && line[at] !== separator && (line[at] === ' ' || isUnseen(line[at]!))) at++;
  return at;
}

/** What is wrong with a mark within a field. @param first what the field begins with */
function describeMark(first: string | undefined): string {
  if (first === '=') return formulaFault;
  return 'a quotation mark in a wrong place: quote the whole field and double the marks in it';
}

/** The mark that ends a quoted field: one that is not doubled. */
function closingMark(line: string, from: number): number {
  let mark = line.indexOf('"', from);
  while (mark >= 0 && line[mark + 1] === '"') mark = line.indexOf('"', mark + 2);
  return mark;
}
