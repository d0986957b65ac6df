/** What keys of a computer do to the phone. */

export type KeyboardAct = { readonly do: 'call' | 'hangUp' } | { readonly do: 'key'; readonly key: string };

/** Of a browser's KeyboardEvent. */
export interface PressedKey {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/**
 * Null: it is none of the phone's keys.
 *
 * @param isOnButton Enter belongs to the button or link that has the focus
 */
export function actOfKey(pressed: PressedKey, isOnButton: boolean): KeyboardAct | null {
  if (pressed.repeat || pressed.ctrlKey || pressed.altKey || pressed.metaKey) return null;
  if (/^[0-9*#]$/.test(pressed.key)) return { do: 'key', key: pressed.key };
  if (pressed.key === 'Escape') return { do: 'hangUp' };
  return pressed.key === 'Enter' && !isOnButton ? { do: 'call' } : null;
}
