import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOwnSteps } from '../../src/doctor/own-steps.ts';
import type { Step } from '../../src/doctor/pbx-facts.ts';
import { shippedSounds } from '../../src/recordings/sounds-directory.ts';
import { settingsOf, snippets } from '../support/book.ts';
import { dialplan, include, shippedPbx, step } from './shipped-pbx.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-own-'));
  for (const name of ['vi/hotline', 'custom']) mkdirSync(join(folder, name), { recursive: true });
  for (const sound of ['vi/mine', 'custom/my-menu']) writeFileSync(join(folder, `${sound}.wav`), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const check = (...steps: Step[]) =>
  checkOwnSteps({ ...shippedPbx, dialplan: [...dialplan, ...steps] }, [folder, join(shippedSounds, '..')]);
const branch = (does: string) => step('hotline-site-branches', '2', does);

test('what is shipped leads somewhere, and its recordings are there', () => {
  expect(check()).toEqual({ title: 'your own steps', verdict: 'ok', detail: 'lead somewhere' });
});

test.each<[string, Step[]]>([
  ['a context', [branch('Goto(mine,s,1)'), step('mine', 's', 'Playback(mine&custom/my-menu)')]],
  ['a context of ours by a key', [step('hotline-site-menu', 's', 'Goto(hotline-branches,${KEY},1)')]],
  ['what a variable names', [step('hotline-site-menu', 's', 'Goto(${IF($["${A}" = "b"]?c:d)},s,1)')]],
  ['the application', [branch('Goto(hotline-application,office-hours,1)')]],
  ['a label', [branch('Goto(again)')]],
  ['a choice', [step('hotline-site-menu', 's', 'GotoIf($["${A}" = "a:b"]?hotline-branches,8,1:again)')]],
  ['a phone', [step('hotline-operator', 's', 'Dial(PJSIP/6001&PJSIP/02412345678@trunk-out,30)')]],
  ['a sound that a variable names', [branch('Playback(${SOUND})')]],
  ['a context that no caller reaches', [step('elsewhere', 's', 'Goto(nowhere,s,1)')]],
])('a step that leads to %s is right', (_what, steps) => {
  expect(check(...steps).verdict).toBe('ok');
});

test.each<[string, Step, string]>([
  ['a context that is not there', branch('Goto(my-office-hours,s,1)'), '[hotline-site-branches] 2: Goto(my-office-hours,s,1): there is no context [my-office-hours]'], // prettier-ignore
  ['one of two that is not there', branch('GotoIfTime(08:00-12:00,*,*,*?hotline-goodbye,s,1:closed,s,1)'), 'no context [closed]'], // prettier-ignore
  ['a subroutine that is not there', branch('Gosub(mine,s,1(word))'), 'no context [mine]'],
  ['an extension that is not there', branch('Goto(hotline-goodbye,1,1)'), '[hotline-goodbye] has no extension 1'], // prettier-ignore
  ['a phone that is not there', step('hotline-operator', 's', 'Dial(PJSIP/7001,30)'), 'pjsip.conf has no endpoint [7001]'], // prettier-ignore
  ['a trunk that is not there', step('hotline-operator', 's', 'Dial(PJSIP/02412345678@my-trunk,30)'), 'no endpoint [my-trunk]'], // prettier-ignore
  ['an include that is not there', include('hotline-site-menu', 'my-keys'), '[hotline-site-menu] include => my-keys: there is no context [my-keys]'], // prettier-ignore
  ['a sound that is not there', step('hotline-site-menu', 's', 'Read(KEY,hotline/fee&my-menu,1,,3,7)'), 'no sound my-menu in '], // prettier-ignore
])('a step that leads to %s is named', (_what, wrong, says) => {
  const { verdict, detail } = check(wrong);
  expect({ verdict, detail }).toEqual({ verdict: 'danger', detail: expect.stringContaining(says) as string });
});

test('of sounds nothing is said where Asterisk is on another machine', () => {
  const steps = [...dialplan, branch('Playback(none)')];
  expect(checkOwnSteps({ ...shippedPbx, dialplan: steps }, ['/nowhere']).verdict).toBe('ok');
});

test('the examples of docs/admin.md lead somewhere, and need the recordings of the admin', () => {
  const [example = ''] = snippets('admin.md', '## What is yours', 'ini');
  const steps = settingsOf(example).map(([context, kind, does]) =>
    kind === 'include' ? include(context, does) : step(context, 's', does.replace(/^[^,]*(,\d)?,/, '')),
  );
  const { detail } = check(...steps);
  for (const bring of ['my-office-hours', 'my-holiday'])
    expect(detail).toContain(`no sound custom/${bring} in`);
  expect(detail).not.toMatch(/no context|no extension|custom.my-menu/); // that sound is there
});
