/** Several functions of the dialplan in one request. */
import { randomBytes } from 'node:crypto';
import { isUnreadable } from './ari-errors.ts';

/** Reads a variable of the channel. @throws ChannelGone, AriRequestFailed */
export type ReadVariable = (variable: string) => Promise<string>;

/**
 * Reads them by `EVAL`, which fills in its argument once: a value that looks like an expression stays text
 * (pbx_variables.c, ast_str_substitute_variables_full2). A mark drawn for this one request ends each value, so none can
 * hold it, and an answer that was cut lacks the last one.
 *
 * @returns the values, in order, '' for a function that gives none; null if the answer cannot be taken apart, as when
 *   one value is not UTF-8: each must then be read alone
 * @throws ChannelGone, AriRequestFailed
 */
export async function readTogether(
  read: ReadVariable,
  functions: readonly string[],
): Promise<string[] | null> {
  const mark = randomBytes(16).toString('hex');
  const question = `EVAL(${functions.map((each) => `\${${each}}${mark}`).join('')})`;
  const values = (await orUnreadable(read(question))).split(mark);
  const behindLast = values.pop();
  return behindLast === '' && values.length === functions.length ? values : null;
}

async function orUnreadable(asked: Promise<string>): Promise<string> {
  try {
    return await asked;
  } catch (error) {
    if (isUnreadable(error)) return '';
    throw error;
  }
}
