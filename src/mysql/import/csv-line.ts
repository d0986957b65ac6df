/**
 * One line of a CSV file. A line never goes on in the next one: no column of ours holds a line break, so
 * a quotation mark gone astray costs its own line and no other.
 */

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
  let opening = start;
  while (line[opening] === ' ' || (line[opening] === '\t' && separator !== '\t')) opening++;
  if (line[opening] === '=' && line[opening + 1] === '"') opening++; // ="0123456789": digits as text
  if (line[opening] !== '"') {
    const next = line.indexOf(separator, start);
    const end = next < 0 ? line.length : next;
    const text = line.slice(start, end);
    return text.includes('"')
      ? { reason: 'a quotation mark in a wrong place: quote the whole field and double the marks in it' }
      : { text, end };
  }
  const closing = closingMark(line, opening + 1);
  if (closing < 0) return { reason: 'a quotation mark is opened on this line and never closed' };
  let end = closing + 1;
  while (end < line.length && /[ \t\r]/.test(line[end]!) && line[end] !== separator) end++;
  if (end < line.length && line[end] !== separator)
    return { reason: 'a quotation mark in a wrong place: quote the whole field and double the marks in it' };
  return { text: line.slice(opening + 1, closing).replaceAll('""', '"'), end };
}

/** The mark that ends a quoted field: one that is not doubled. */
function closingMark(line: string, from: number): number {
  let mark = line.indexOf('"', from);
  while (mark >= 0 && line[mark + 1] === '"') mark = line.indexOf('"', mark + 2);
  return mark;
}
