/** How a text is said aloud: some of what people write, a synthetic voice mispronounces. */

/** What is written, such as `VssID`, and how it is said. */
export type Pronunciations = Readonly<Record<string, string>>;

const word = /[\p{L}\p{N}]+/gu;

/** A word of a text, or several that have a pronunciation together. `says` is set if they have one. */
interface Part {
  readonly written: string;
  readonly at: number;
  readonly says?: string;
}

/**
 * The words that the voice is given: `text` with each pronunciation in place of what is written.
 *
 * @example
 * pronounce('Bấm phím 0.', { 0: 'không' }); // 'Bấm phím không.'
 */
export function pronounce(text: string, pronunciations: Pronunciations): string {
  let [spoken, from] = ['', 0];
  for (const { written, at, says } of partsOf(text, pronunciations)) {
    if (says === undefined) continue;
    spoken += text.slice(from, at) + says;
    from = at + written.length;
  }
  return spoken + text.slice(from);
}

/** The words of a text that the voice would mispronounce, because they have no reading. */
export function mispronounced(text: string, pronunciations: Pronunciations): string[] {
  return partsOf(text, pronunciations)
    .filter(({ written, says }) => says === undefined && isMispronounced(written))
    .map(({ written }) => written);
}

/** Abbreviations, mixtures such as `8h`, and numbers that are no amounts, such as `1900`. */
function isMispronounced(written: string): boolean {
  const has = (kind: RegExp) => [...written.matchAll(kind)].length;
  const digits = has(/\p{N}/gu);
  return has(/\p{Lu}/gu) > 1 || (digits > 0 && has(/\p{L}/gu) > 0) || digits > 3;
}

/** The longest counts: `1900 90 68` before `90`. */
function partsOf(text: string, pronunciations: Pronunciations): Part[] {
  const known = Object.keys(pronunciations).sort((a, b) => b.length - a.length);
  const words = [...text.matchAll(word)].map(({ 0: written, index }) => ({ written, at: index }));
  const ends = new Set(words.map(({ written, at }) => at + written.length));
  const parts: Part[] = [];
  let end = 0;
  for (const { written, at } of words) {
    if (at < end) continue; // said with the word before
    const found = known.find((key) => text.startsWith(key, at) && ends.has(at + key.length));
    const part = found === undefined ? { written, at } : { written: found, at, says: pronunciations[found]! };
    parts.push(part);
    end = at + part.written.length;
  }
  return parts;
}
