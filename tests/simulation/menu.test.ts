/** The menu of simulated calls is written again: it must be that of the dialplan. */
import { callKeying, lengths } from './simulated-hotline.ts';
import { shippedSections } from '../support/machine/shipped-config.ts';

const stepsOf = (context: string) =>
  shippedSections('extensions.conf')
    .find(({ name }) => name === context)!
    .lines.map(([, step]) => step);

test('it is said as often, and waits for a key as long, as the dialplan says', async () => {
  const menu = stepsOf('hotline-menu').join('\n');
  const [, seconds] = /Read\(KEY,\$\{NOTICE\}hotline\/menu,1,,1,(\d+)\)/.exec(menu)!;
  const [, tries] = /\$\{TRY\} <= (\d)/.exec(menu)!;
  const { events } = await callKeying('');
  const heardAt = (name: string) =>
    events.flatMap((event) =>
      event.kind === 'heard' && event.sound === `hotline/${name}` ? event.atMs : [],
    );
  const [menus, [silence]] = [heardAt('menu'), heardAt('menu-silence')];
  expect(menus).toHaveLength(Number(tries));
  const waitedMs = silence! - menus[0]! - lengths.get('hotline/menu')!;
  expect(Math.abs(waitedMs - Number(seconds) * 1000)).toBeLessThan(100);
});

test('the keys that lead somewhere are those of the dialplan, and lead to the same', async () => {
  let key = '';
  const dialplan = new Map<string, string>();
  for (const step of stepsOf('hotline-branches')) {
    key = /^(\d),1,/.exec(step)?.[1] ?? key;
    const [, context, extension] = /Goto\(hotline-(?:to-)?([a-z]+),([a-z]+),1\)/.exec(step) ?? [];
    if (context !== undefined) dialplan.set(key, extension === 's' ? context : extension!);
  }
  const simulated = new Map<string, string>();
  for (const pressed of '0123456789') {
    const { branch, endedBy, events } = await callKeying(pressed);
    const isUnknown = events.some(
      (event) => event.kind === 'heard' && event.sound === 'hotline/menu-invalid',
    );
    if (!isUnknown) simulated.set(pressed, branch ?? (endedBy === 'hotline' ? 'goodbye' : endedBy));
  }
  expect(Object.fromEntries(simulated)).toEqual(Object.fromEntries(dialplan));
});
