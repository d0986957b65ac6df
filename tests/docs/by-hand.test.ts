/** What docs/admin.md has an admin write into the PBX by hand, against the files that are shipped and run. */
import { program } from '../../src/cli.ts';
import type { HotlineCommand } from '../../src/commands/hotline-command.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkKeysOnce } from '../../src/doctor/key-checks.ts';
import { checkNeededModules } from '../../src/doctor/module-checks.ts';
import { checkSip } from '../../src/doctor/sip-checks.ts';
import { findWrong, shippedPbx } from '../doctor/shipped-pbx.ts';
import { settingsOf, snippet, snippets } from '../support/book.ts';
import { layouts, machine, removeMachines, setUp } from '../support/machine/machine-to-set-up.ts';
import { shippedSections } from '../support/machine/shipped-config.ts';

afterAll(removeMachines);

const admin = readFileSync(join(import.meta.dirname, '../../docs/admin.md'), 'utf8');

/** What is shipped in a file of asterisk-config/, as {@link settingsOf} reads a snippet. */
const shipped = (file: string) =>
  shippedSections(file).flatMap(({ name, lines }) => lines.map(([setting, value]) => [name, setting, value]));
/** The groups of the shipped modules.conf, each below its heading. */
const moduleGroups = readFileSync(join(import.meta.dirname, '../../asterisk-config/modules.conf'), 'utf8')
  .split(/^; --- /m)
  .slice(1)
  .map((text) => ({ title: text.split('\n')[0]!, modules: settingsOf(text).map(([, , name]) => name) }));
const isSecret = ([, setting]: readonly string[]) => ['password', 'secret'].includes(setting!);

test('step 1 includes the files that step 1 copies', () => {
  const [, copied = ''] =
    /^cp (.*) \/etc\/asterisk\/$/m.exec(snippet('admin.md', '**1. Dialplan.**', 'sh')) ?? [];
  expect(snippet('admin.md', '**1. Dialplan.**', 'ini')).toBe(copied.replaceAll(/(\S+) ?/g, '#include $1\n'));
});

test.each([
  ['http.conf', 0],
  ['ari.conf', 1],
])('step 3 writes into %s what is shipped there', (file, which) => {
  const written = settingsOf(snippets('admin.md', '**3. ARI**', 'ini')[which]!).filter(
    (each) => !isSecret(each),
  );
  expect(written.length).toBeGreaterThan(3);
  expect(shipped(file)).toEqual(expect.arrayContaining(written));
});

test('step 4 gives the user of AMI the rights that are shipped, no more and no fewer', () => {
  const written = settingsOf(snippet('admin.md', '**4. AMI**', 'ini')).filter((each) => !isSecret(each));
  const user = shipped('manager.conf').filter((each) => each[0] === 'hotline' && !isSecret(each));
  expect(written).toEqual(user);
});

test('step 6 leaves out the modules that the shipped list does not load, and the doctor warns of', () => {
  const unwanted = settingsOf(snippet('admin.md', '**6. Modules.**', 'ini'));
  const modules = [...shippedPbx.modules, ...unwanted.map(([, , name]) => name)];
  expect(unwanted).toHaveLength(2);
  for (const [, setting, name] of unwanted)
    expect([setting, shippedPbx.modules.includes(name)]).toEqual(['noload', false]);
  expect(checkKeysOnce({ ...shippedPbx, modules })).toMatchObject({ verdict: 'warning' });
  expect(findWrong(checkSip({ ...shippedPbx, modules }, 200))).toContain('taking over calls');
});

test('step 6 adds to a list of modules of the site all that the shipped list has for the hotline', () => {
  const [, list = ''] = /With a list of your own, add (.*)/.exec(admin)!;
  const groupOf = (title: string) => moduleGroups.find((group) => group.title.startsWith(title))!.modules;
  const groups = [...list.matchAll(/\*(.+?)\*/g)].flatMap(([, title]) => groupOf(title!));
  const added = [...groups, ...[...list.matchAll(/`(\w+\.so)`/g)].map(([, name]) => name!)];
  const ofAnyPbx = [...groupOf('Formats'), ...groupOf('Timing'), ...groupOf('SIP and RTP')];
  const lacking = shippedPbx.modules.filter((name) => !added.includes(name));
  expect(lacking.filter((name) => !ofAnyPbx.includes(name))).toEqual([]);
  const modules = ofAnyPbx.filter((name) => !added.includes(name));
  expect(checkNeededModules({ ...shippedPbx, modules })).toMatchObject({ verdict: 'danger' });
  expect(checkNeededModules({ ...shippedPbx, modules: [...modules, ...added] })).toMatchObject({ verdict: 'ok' }); // prettier-ignore
});

test('setup makes the users of ARI and AMI as steps 3 and 4 do', async () => {
  const places = machine(layouts['Debian']!);
  await setUp(places);
  const made = ['ari-user.conf', 'manager-user.conf'].flatMap((name) =>
    settingsOf(readFileSync(join(places.hotline, name), 'utf8')),
  );
  const [, ari = ''] = snippets('admin.md', '**3. ARI**', 'ini');
  const written = settingsOf(`${ari}${snippet('admin.md', '**4. AMI**', 'ini')}`);
  const users = (lines: typeof made) =>
    lines.filter((each) => each[0] === 'hotline' && !isSecret(each)).sort();
  expect(users(made)).toEqual(users(written));
});

test('step 7 says which commands read the login of AMI: all that do', () => {
  const [, sentence = ''] = /`AMI_USERNAME` and `AMI_PASSWORD` are read by ([^.]*)\./.exec(admin) ?? [];
  const named = [...sentence.matchAll(/`hotline ([^`]+)`/g)].map(([, name]) => name!);
  const readers = commands(program).filter(([, { settings = [] }]) => settings.includes('AMI_PASSWORD'));
  expect(named.sort()).toEqual(readers.map(([name]) => name).sort());
});

/** All commands by their names, as `pbx status`. */
function commands(parent: HotlineCommand, before = ''): [name: string, command: HotlineCommand][] {
  return (parent.commands as HotlineCommand[]).flatMap((command) => {
    const name = `${before}${command.name()}`;
    return [[name, command] as [string, HotlineCommand], ...commands(command, `${name} `)];
  });
}
