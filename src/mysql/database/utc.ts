/** Times as text, as the database spells and compares them. */

/** A time as a DATETIME(3) column compares it, UTC. */
export function formatUtc(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '');
}

/** What a DATETIME column holds, cast to text; UTC. */
export function readUtc(text: string): Date {
  return new Date(`${text.replace(' ', 'T')}Z`);
}
