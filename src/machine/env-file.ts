/** The one reader and writer of files with `NAME=value` lines (docs/commands.md, "Where commands find their settings"). */
import { ExpectedError } from '../expected-error.ts';

/** A file of settings has a line that programs read in different ways. Never holds a value. */
export class EnvFileError extends ExpectedError {
  override readonly name = 'EnvFileError';

  override get exitCode(): number {
    return 2;
  }
}

/** All our settings together have a few thousand. Characters. */
const maxLength = 65_536;

const assignment = /^(\uFEFF?(?:export[ \t]+)?)([A-Za-z_][A-Za-z0-9_]*)[ \t]*=(.*)$/;

/**
 * The values of a file, each as it is written, to the end of its line: `#`, `$` and blanks within it mean
 * nothing. One pair of quotation marks around a value is not part of it. Lines end with LF or CRLF; empty
 * lines and comment lines are skipped. No value spans lines. systemd, which reads the same file for the
 * service, gets the same values from every file that is accepted here (systemd.exec(5), EnvironmentFile).
 *
 * @param file for the message
 * @throws EnvFileError naming line and variable where Node, Docker, systemd and shells would differ over what is meant
 */
export function readEnvFile(text: string, file: string): Record<string, string> {
  if (text.length > maxLength)
    throw new EnvFileError(`${file} is longer than ${maxLength} characters: expected lines of NAME=value`);
  const values = new Map<string, string>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = trimBlanks(raw);
    const isComment = /^\uFEFF?(#|$)/.test(line);
    const [, prefix = '', name, assigned = ''] = assignment.exec(line) ?? [];
    const fault = isComment
      ? findCommentFault(line)
      : name === undefined
        ? 'is not of the form NAME=value'
        : values.get(name) // an empty value counts as not set: a later one is taken everywhere
          ? `sets ${name} a second time: remove one of the two`
          : (findPrefixFault(name, prefix) ?? findFault(name, assigned));
    if (fault !== null) throw new EnvFileError(`Line ${index + 1} of ${file} ${fault}`);
    if (!isComment) values.set(name!, unquote(trimBlanks(assigned)));
  }
  return Object.fromEntries(values);
}

/** The same values again: a line that {@link readEnvFile} and a shell without expansion read alike. */
export function envLine(name: string, value: string): string {
  const needsQuotes = value !== unquote(trimBlanks(value)) || findFault(name, value) !== null;
  const mark = value.includes("'") ? '"' : "'";
  return `${name}=${needsQuotes ? `${mark}${value}${mark}` : value}\n`;
}

function findCommentFault(line: string): string | null {
  if (line.includes('\r')) return 'has a carriage return within it, where systemd begins another line';
  return line.endsWith('\\')
    ? 'is a comment that ends with a backslash: systemd before version 254 takes the next line for part of it'
    : null;
}

/** @param prefix what stands before the name */
function findPrefixFault(name: string, prefix: string): string | null {
  if (prefix.includes('export'))
    return `sets ${name} behind "export", and systemd ignores such a line: remove that word`;
  return prefix === ''
    ? null
    : `sets ${name} behind a byte order mark, and systemd ignores such a line: save the file without that mark`;
}

/** @param assigned all that follows `=` */
function findFault(name: string, assigned: string): string | null {
  const written = trimBlanks(assigned);
  // eslint-disable-next-line no-control-regex
  if (/[\uFFFD\0-\x08\x0B-\x1F\x7F]/.test(written))
    return `gives ${name} a character that is not text: save the file in UTF-8`;
  const mark = written[0];
  const isQuoted = mark === '"' || mark === "'";
  if (isQuoted && (written.length < 2 || written.indexOf(mark, 1) !== written.length - 1))
    return `gives ${name} a value that begins with a quotation mark and is not one quoted text: enclose it in the other kind of quotation mark, with nothing after it`;
  if (mark !== "'" && written.includes('\\'))
    return `gives ${name} a value with a backslash, which systemd takes for more than itself: put the value in single quotation marks`;
  if (!isQuoted && /[ \t]#/.test(assigned))
    return `gives ${name} a value with " #" in it, which may be a comment: put the value in quotation marks, or the comment on a line of its own`;
  return null;
}

/** Blanks and CR only: a password may end with a character that looks like one. */
function trimBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r'.includes(text[end - 1]!)) end--;
  return text.slice(0, end).replace(/^[ \t]+/, '');
}

/** @param written without blanks around it */
function unquote(written: string): string {
  return /^(["'])[^]*\1$/.test(written) && written.length > 1 ? written.slice(1, -1) : written;
}
