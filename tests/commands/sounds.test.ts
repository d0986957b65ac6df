import { summary } from '../../src/commands/sounds.ts';

const sound = (name: string, isNew: boolean) =>
  ({ sound: `hotline/${name}`, source: 'synthetic', lengthMs: 1000, isNew }) as const;

const said = (...sounds: ReturnType<typeof sound>[]) =>
  summary({ sounds, removed: [], otherVoice: undefined }, 'sounds/vi').split('\n');

test('what is new is listed, with what puts it live', () => {
  expect(said(sound('menu', true), sound('fee', false))).toEqual([
    'hotline/menu                     1.00 s  synthetic, new',
    '2 sounds in sounds/vi, 1 new',
    'Callers hear what is new once the application has been restarted: end make run, and start it again',
  ]);
});

test('where nothing is new nothing is to be done', () => {
  expect(said(sound('menu', false))).toEqual(['1 sounds in sounds/vi, 0 new']);
});
