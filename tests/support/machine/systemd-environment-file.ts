/**
 * What systemd gets from the text of an `EnvironmentFile` (systemd.exec(5); src/basic/env-file.c and
 * src/basic/env-util.c of version 252): a model, so that a test needs no service manager.
 */

/** Where a character stands: what it means depends on it. */
type Place = 'before' | 'name' | 'comment' | 'value' | 'unquoted' | 'single' | 'double';

/** The variables of the environment, without those that systemd ignores. */
export function readAsSystemd(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  let [place, name, value]: [Place, string, string] = ['before', '', ''];
  let escapedUpTo = 0; // blanks before it stay
  const isEnd = (character: string) => character === '\n' || character === '\r';
  const endLine = () => {
    const tail = place === 'unquoted' ? value.slice(escapedUpTo).replace(/[ \t]+$/, '') : '';
    const kept = place === 'unquoted' ? value.slice(0, escapedUpTo) + tail : value;
    const trimmed = name.replace(/[ \t]+$/, '');
    const isAssigned = place !== 'name' && place !== 'comment' && place !== 'before';
    if (isAssigned && /^[A-Za-z_][A-Za-z0-9_]*$/.test(trimmed)) variables[trimmed] = kept;
    [place, name, value, escapedUpTo] = ['before', '', '', 0];
  };
  const characters = [...text];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    const escaped = () => characters[++at] ?? '';
    if (isEnd(character) && place !== 'single' && place !== 'double') endLine();
    else if (place === 'before') {
      if ('#;'.includes(character)) place = 'comment';
      else if (!' \t'.includes(character)) [place, name] = ['name', character];
    } else if (place === 'comment') {
      if (character === '\\') escaped(); // before version 254 also the end of the line
    } else if (place === 'name') {
      if (character === '=') place = 'value';
      else name += character;
    } else if (place === 'single' || place === 'double') {
      if (character === (place === 'single' ? "'" : '"')) place = 'value';
      else if (place === 'double' && character === '\\') value += unescapeQuoted(escaped());
      else value += character;
    } else if (character === '\\') {
      place = 'unquoted';
      const next = escaped();
      if (!isEnd(next)) value += next;
      escapedUpTo = value.length;
    } else if (place === 'unquoted') value += character;
    else if (character === "'") place = 'single';
    else if (character === '"') place = 'double';
    else if (!' \t'.includes(character)) [place, value] = ['unquoted', value + character];
  }
  endLine();
  return variables;
}

/** A character behind a backslash between double quotation marks. */
function unescapeQuoted(next: string): string {
  if (next === '\n') return '';
  return '"\\`$'.includes(next) ? next : `\\${next}`;
}
