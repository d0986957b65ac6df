import { foldProfile, ownTimes, renderFlame } from '../../tools/bench/flame.ts';
import type { CpuProfile } from '../../tools/bench/profiler.ts';

const frame = (functionName: string, url: string) => ({
  ...{ functionName, url, scriptId: '1', lineNumber: 0, columnNumber: 0 },
});
const project = 'file:///hotline/src/asterisk/ari/ari-channel.ts';
const zod = 'file:///hotline/node_modules/zod/v4/core/parse.js';

/** 3 ms in zod, called by two functions of one file of ours, 1 ms in that file, and 10 ms idle. */
const profile: CpuProfile = {
  startTime: 0,
  endTime: 14_000,
  nodes: [
    { id: 1, callFrame: frame('(root)', ''), children: [2, 6] },
    { id: 2, callFrame: frame('play', project), children: [3] },
    { id: 3, callFrame: frame('#variable', project), children: [4] },
    { id: 4, callFrame: frame('parse', zod), children: [5] },
    { id: 5, callFrame: frame('_parse', 'file:///hotline/node_modules/zod/v4/core/schemas.js') },
    { id: 6, callFrame: frame('(idle)', '') },
  ],
  samples: [5, 6, 3, 4],
  timeDeltas: [2000, 10_000, 1000, 1000],
};

test('a profile is folded: one frame for each file or package in a row, and nothing for waiting', () => {
  const root = foldProfile(profile);
  expect(root.ms).toBe(4);
  expect([...root.calls.keys()]).toEqual(['asterisk/ari/ari-channel']);
  const own = root.calls.get('asterisk/ari/ari-channel')!;
  expect([own.ms, [...own.calls.values()].map(({ name, kind, ms }) => [name, kind, ms])]).toEqual([
    4,
    [['zod', 'package', 3]],
  ]);
  expect(ownTimes(root).slice(0, 2)).toEqual([
    ['zod', 3],
    ['asterisk/ari/ari-channel', 1],
  ]);
});

test('the graph names each frame, and what it takes of a call', () => {
  const svg = renderFlame(foldProfile(profile), 'calls & more', 2);
  expect(svg).toContain('calls &amp; more');
  expect(svg).toContain('<title>asterisk/ari/ari-channel: 2.00 ms a call</title>');
  expect(svg).toContain('<title>zod: 1.50 ms a call</title>');
});
