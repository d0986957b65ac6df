/** The lines of captions, from what is heard and keyed. */

/** What happens in a call. */
export type CallEvent =
  | { readonly kind: 'heard'; /** `hotline/menu`, `digits/7` */ readonly name: string }
  | { readonly kind: 'ended'; readonly name: string; /** to its last frame */ readonly complete: boolean }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'keyed'; readonly key: string };

/** `prompt` has the name of its recording, `digits` and `keyed` have what was read or keyed so far. */
export interface Caption {
  readonly kind: 'prompt' | 'digits' | 'keyed' | 'unknown';
  readonly text: string;
  /** It did not end by itself. */
  readonly isCutOff?: boolean;
}

/** The lines after an event. Digits, and keys, that follow each other share one. */
export function addEvent(lines: readonly Caption[], event: CallEvent): readonly Caption[] {
  switch (event.kind) {
    case 'heard': {
      const digit = digitOf(event.name);
      return digit === undefined
        ? [...lines, { kind: 'prompt', text: event.name }]
        : append(lines, 'digits', digit);
    }
    case 'keyed':
      return append(lines, 'keyed', event.key);
    case 'unknown':
      return lines.at(-1)?.kind === 'unknown' ? lines : [...lines, { kind: 'unknown', text: '' }];
    case 'ended':
      return event.complete ? lines : cutOff(lines, event.name);
  }
}

function digitOf(name: string): string | undefined {
  return /^digits\/(\d)$/.exec(name)?.[1];
}

function append(lines: readonly Caption[], kind: 'digits' | 'keyed', text: string): readonly Caption[] {
  const last = lines.at(-1);
  return last?.kind === kind
    ? [...lines.slice(0, -1), { kind, text: last.text + text }]
    : [...lines, { kind, text }];
}

/** Keys may have come since: it is the last line of its recording. */
function cutOff(lines: readonly Caption[], name: string): readonly Caption[] {
  const at = lines.findLastIndex(({ kind, text }) => kind === 'prompt' && text === name);
  return lines.map((line, index) => (index === at ? { ...line, isCutOff: true } : line));
}
