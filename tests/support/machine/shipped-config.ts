/** Reads the files of asterisk-config/ as Asterisk does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pbxSecretFiles, type Secrets } from '../../../src/local/secrets.ts';

const folder = join(import.meta.dirname, '../../../asterisk-config');

/** The files written to /etc/hotline at each start, with secrets for tests. */
const ownFiles = pbxSecretFiles({
  ARI_USERNAME: 'hotline',
  ARI_PASSWORD: 'of-a-test',
  AMI_USERNAME: 'hotline',
  AMI_PASSWORD: 'of-a-test',
  SOFTPHONE_PASSWORD: 'of-a-test',
} as Secrets);

/** A `[name]` and its lines in order: `exten => 8,1,Stasis(hotline)` is `['exten', '8,1,Stasis(hotline)']`. */
export interface Section {
  readonly name: string;
  readonly lines: readonly (readonly [setting: string, value: string])[];
}

/** All sections of a file and its includes, with the lines of their templates, but without the templates. */
export function shippedSections(file: string): Section[] {
  const sections: { name: string; isTemplate: boolean; lines: [string, string][] }[] = [];
  for (const line of linesOf(file)) {
    const [, name, marks = ''] = /^\[(.+)\](?:\((.+)\))?$/.exec(line) ?? [];
    const [, setting, value] = /^([^=]+?)\s*=>?\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      const templates = sections.filter(
        (section) => section.isTemplate && marks.split(',').includes(section.name),
      );
      sections.push({
        name,
        isTemplate: marks.includes('!'),
        lines: templates.flatMap(({ lines }) => lines),
      });
    } else if (setting !== undefined && value !== undefined) sections.at(-1)?.lines.push([setting, value]);
    else throw new Error(`asterisk-config/${file} has a line that this reader cannot parse: ${line}`);
  }
  return sections.filter(({ isTemplate }) => !isTemplate);
}

function linesOf(file: string): string[] {
  const text = ownFiles[file.replace('/etc/hotline/', '')] ?? readFileSync(join(folder, file), 'utf8');
  const lines = text.split('\n').map((line) => line.replace(/(?<!\\);.*/, '').trim());
  return lines.flatMap((line) => {
    // With `make run` alone.
    if (line.startsWith('#tryinclude /etc/hotline/developer-')) return [];
    return /^#(?:try)?include /.test(line) ? linesOf(line.replace(/^#\w+ /, '')) : line === '' ? [] : [line];
  });
}

/** As {@link shippedSections}, by section and setting. Sections with the same name are merged. */
export function shippedSettings(file: string): Map<string, Map<string, string>> {
  const settings = new Map<string, Map<string, string>>();
  for (const { name, lines } of shippedSections(file))
    settings.set(name, new Map([...(settings.get(name) ?? []), ...lines]));
  return settings;
}
