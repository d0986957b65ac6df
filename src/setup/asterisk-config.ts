/** Reads Asterisk's configuration files as main/config.c does, with what they include. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { ExpectedError } from '../expected-error.ts';

/** A configuration file that Asterisk would not load either. */
export class AsteriskConfigError extends ExpectedError {
  override readonly name = 'AsteriskConfigError';
}

/** One of Asterisk's files, and what it includes. */
export interface AsteriskConfig {
  /** Whether the file is there. */
  readonly exists: boolean;
  /** What it includes, at any depth. */
  readonly includes: readonly Include[];
  /** Names of its sections without templates, in lower case. */
  readonly sections: readonly string[];
  /** Whether there is a section of this name, other than a template. */
  has(section: string): boolean;
  /** Where that section begins first, as `line 3 of /etc/asterisk/manager.conf`; undefined: nowhere. */
  placeOf(section: string): string | undefined;
  /**
   * The last value given in the first section of that name; undefined if it is not set. Names are in any case.
   * Debian writes its folders into a template: so those count.
   */
  value(section: string, name: string): string | undefined;
}

/** An `#include`. */
export interface Include {
  /** As it is written there. */
  readonly name: string;
  readonly place: string;
}

interface Section {
  readonly name: string;
  readonly place: string;
  readonly isTemplate: boolean;
  readonly values: Map<string, string>;
}

type View = (text: string, path: string) => string;

/** As in main/config.c: includes deeper than this are a mistake. */
const maxDepth = 10;

/**
 * Reads `directory/name`.
 *
 * @param view what is read of a file, given its text and its path
 * @throws what `view` throws; AsteriskConfigError naming file and line of what Asterisk would refuse
 */
export function readAsteriskConfig(
  directory: string,
  name: string,
  view: View = (text) => text,
): AsteriskConfig {
  const reader = new Reader(directory, view);
  const exists = existsSync(join(directory, name));
  if (exists) reader.read(join(directory, name), 1);
  return {
    exists,
    includes: reader.includes,
    sections: reader.sections.filter(({ isTemplate }) => !isTemplate).map(({ name }) => name),
    has: (name) => reader.section(name) !== undefined,
    placeOf: (name) => reader.section(name)?.place,
    value: (name, key) => (reader.section(name) ?? reader.any(name))?.values.get(key.toLowerCase()),
  };
}

class Reader {
  readonly sections: Section[] = [];
  readonly includes: Include[] = [];
  readonly #directory: string;
  readonly #view: View;
  /** Goes on across the end of an included file. */
  #current: Section | undefined;

  constructor(directory: string, view: View) {
    this.#directory = directory;
    this.#view = view;
  }

  /** The first of this name, also if it is a template: what another one may inherit from. */
  any(name: string): Section | undefined {
    return this.sections.find((section) => section.name === name.toLowerCase());
  }

  /** The first of this name that is not a template. */
  section(name: string): Section | undefined {
    return this.sections.find((section) => section.name === name.toLowerCase() && !section.isTemplate);
  }

  read(file: string, depth: number): void {
    if (depth > maxDepth)
      throw new AsteriskConfigError(
        `${file} is included more than ${maxDepth} files deep: does it include itself?`,
      );
    for (const { text, number } of linesOf(this.#view(readFileSync(file, 'utf8'), file), file)) {
      const place = `line ${number} of ${file}`;
      if (text.startsWith('[')) this.#beginSection(text, place);
      else if (text.startsWith('#')) this.#include(text, place, depth);
      else this.#set(text, place);
    }
  }

  #beginSection(text: string, place: string): void {
    const end = text.indexOf(']');
    if (end === -1)
      throw new AsteriskConfigError(`A section begins without its "]" in ${place}: expected [name]`);
    const name = text.slice(1, end);
    const options = text[end + 1] === '(' ? optionsOf(text.slice(end + 2), place) : [];
    const isAddition = options.some((option) => option.startsWith('+'));
    // A second section of the same name is one of its own, which Asterisk does not look at for a single value.
    this.#current = isAddition ? this.section(name) : this.#newSection(name, place, options.includes('!'));
    if (this.#current === undefined)
      throw new AsteriskConfigError(`[${name}](+) adds to a section that is not there before, in ${place}`);
    for (const base of options.filter((option) => option !== '!' && !option.startsWith('+')))
      this.#inherit(this.#current, base, place);
  }

  #newSection(name: string, place: string, isTemplate: boolean): Section {
    const section = { name: name.toLowerCase(), place, isTemplate, values: new Map<string, string>() };
    this.sections.push(section);
    return section;
  }

  #inherit(section: Section, base: string, place: string): void {
    const inherited = this.any(base)?.values;
    if (inherited === undefined)
      throw new AsteriskConfigError(`[${base}], from which ${place} inherits, is not there before`);
    for (const [name, value] of inherited) section.values.set(name, value);
  }

  #include(text: string, place: string, depth: number): void {
    const [directive = '', ...rest] = text.slice(1).split(/\s+/);
    const name = rest.join(' ').replace(/^["<](.*)[">]$/, '$1');
    if (!/^(try)?include$/i.test(directive) || name === '') return; // #exec is its output's business
    this.includes.push({ name, place });
    const pattern = isAbsolute(name) ? name : join(this.#directory, name);
    const files = /[*?[]/.test(name)
      ? globSync(pattern).sort()
      : [pattern].filter((file) => existsSync(file));
    if (files.length === 0 && directive.toLowerCase() === 'include' && !/[*?[]/.test(name))
      throw new AsteriskConfigError(`${pattern}, which ${place} includes, is not there`);
    for (const file of files) this.read(file, depth + 1);
  }

  #set(text: string, place: string): void {
    if (this.#current === undefined)
      throw new AsteriskConfigError(
        `A setting stands before the first section, in ${place}: expected [section] above it`,
      );
    const at = text.indexOf('=');
    if (at === -1) return; // Asterisk warns, and goes on
    this.#current.values.set(
      text.slice(0, at).trim().toLowerCase(),
      text
        .slice(at + 1)
        .replace(/^>/, '')
        .trim(),
    );
  }
}

function optionsOf(text: string, place: string): string[] {
  const end = text.indexOf(')');
  if (end === -1)
    throw new AsteriskConfigError(`A section's options have no ")" in ${place}: expected [name](options)`);
  return text.slice(0, end).split(',');
}

/** Lines with something in them, without comments: `;` to the end of the line unless escaped, `;--` to `--;`. */
function linesOf(text: string, file: string): { text: string; number: number }[] {
  const lines: { text: string; number: number }[] = [];
  let depth = 0;
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    let kept = '';
    for (let at = 0; at < line.length; at++) {
      if (depth > 0 && line.startsWith('--;', at)) {
        depth--;
        at += 2;
      } else if (line.startsWith(';--', at) && line[at + 3] !== '-') {
        depth++;
        at += 2;
      } else if (depth === 0 && line[at] === ';' && line[at - 1] !== '\\') break;
      else if (depth === 0) kept += line[at];
    }
    const written = kept.trim().replaceAll('\\;', ';');
    if (written !== '') lines.push({ text: written, number: index + 1 });
  }
  if (depth > 0)
    throw new AsteriskConfigError(`A comment that ";--" begins has no end in ${file}: expected "--;"`);
  return lines;
}
