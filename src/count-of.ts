/** A number and what it counts, as people write it: `1 call`, `2 calls`. */
export function countOf(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
