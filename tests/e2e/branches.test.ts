/** The way from the dialplan to a branch of the application, in the running Asterisk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pbxConsole } from '../support/machine/pbx-console.ts';

const file = join(import.meta.dirname, '../../asterisk-config/extensions-hotline.conf');

/** What the console shows of an extension of [hotline-application]. */
const shown = (extension: string) => pbxConsole(`dialplan show ${extension}@hotline-application`);

test.each(['h', 'i', 't', 'o', 'a', 'e', '8', '1', 'x-1', 'r'])(
  'extension %s is no branch: those of Asterisk itself have one letter',
  async (extension) => {
    expect(await shown(extension)).not.toContain('Stasis');
  },
);

test.each(['reset', 'office-hours', 'ok', 'queue2'])(
  'extension %s is handed to the application by its name',
  async (name) => {
    expect(await shown(name)).toContain('Stasis(hotline,');
  },
);

test('a comma in the name of a branch cannot become the rule for trusting the number', async () => {
  const [, filter = ''] = /Stasis\(hotline,\$\{(FILTER\([^$]*)\$\{EXTEN\}\)\}/.exec(readFileSync(file, 'utf8')) ?? []; // prettier-ignore
  const told = await pbxConsole(`dialplan eval function ${filter}office-hours2,asserted)`);
  expect(told).toMatch(/^Result: office-hours2asserted$/m);
});

test('the extension s, which menus led to when there was one branch, leads on to branch 8', async () => {
  expect(await shown('s')).toMatch(/Goto\(reset,1\)/);
});
