/** What the dialplan's menu counts, on its way into the database. */
import { jest } from '@jest/globals';
import { createLogger } from 'winston';
import type { Ami } from '../../src/asterisk/ami/ami.ts';
import { forgetMenuCounts, readMenuCounts } from '../../src/asterisk/ami/menu-counts.ts';
import { collectMenuCounts, keepMenuCounts } from '../../src/application/menu-counts.ts';
import type { KeptMenuCounts } from '../../src/call/kept-menu-counts.ts';
import type { MenuCount } from '../../src/registry/menu-counts.ts';

/** Asterisk's database, as AMI shows it. */
function pbxWith(entries: Record<string, string>): KeptMenuCounts {
  const ami: Pick<Ami, 'list' | 'action'> = {
    list: async () => Object.entries(entries).map(([key, val]) => ({ key, val })),
    action: async ({ Key: key }) => {
      for (const name of Object.keys(entries))
        if (name.startsWith(`/hotline-count/${key}/`)) delete entries[name];
      return {};
    },
  };
  return {
    read: () => readMenuCounts(ami as Ami),
    forget: (minute) => forgetMenuCounts(ami as Ami, minute),
  };
}

const kept: MenuCount[] = [];
const registry = {
  keepMenuCounts: jest.fn(async (_: string, counts: readonly MenuCount[]) => void kept.push(...counts)),
};
beforeEach(() => {
  kept.length = 0;
  registry.keepMenuCounts.mockClear();
});

const at = (time: string) => Date.parse(`2026-11-30T${time}Z`);

test('minutes that are over are kept and then forgotten; the minute that runs stays where it is', async () => {
  const entries: Record<string, string> = {
    '/hotline-count/202611300214/silent': '3',
    '/hotline-count/202611300214/left': '2',
    '/hotline-count/202611300215/silent': '1',
  };
  const pbx = pbxWith(entries);
  await collectMenuCounts({ visit: (use) => use(pbx), registry, node: 'node-1' }, at('02:15:00'));
  expect(kept).toEqual([
    { minute: '2026-11-30T02:14Z', event: 'silent', calls: 3 },
    { minute: '2026-11-30T02:14Z', event: 'left', calls: 2 },
  ]);
  expect(Object.keys(entries)).toEqual(['/hotline-count/202611300215/silent']);
});

test('counts that the database does not take stay on the PBX', async () => {
  const entries: Record<string, string> = { '/hotline-count/202611300214/left': '2' };
  const pbx = pbxWith(entries);
  registry.keepMenuCounts.mockRejectedValueOnce(new Error('away'));
  const options = {
    visit: <T>(use: (kept: KeptMenuCounts) => Promise<T>) => use(pbx),
    registry,
    node: 'node-1',
  };
  await expect(collectMenuCounts(options, at('03:00:00'))).rejects.toThrow('away');
  expect(entries).toHaveProperty(['/hotline-count/202611300214/left']);
  await collectMenuCounts(options, at('03:00:00'));
  expect(entries).toEqual({});
});

test('entries that a dialplan of the site has made beside them, or that are no counts, are dropped', async () => {
  const entries: Record<string, string> = {
    '/hotline-count/202611300214/left': 'many',
    '/hotline-count/202611300215/taxi': '2',
    '/hotline-count/x/left': '2',
  };
  const pbx = pbxWith(entries);
  await collectMenuCounts({ visit: (use) => use(pbx), registry, node: 'node-1' }, at('03:00:00'));
  expect(registry.keepMenuCounts).not.toHaveBeenCalled();
  expect(Object.keys(entries)).toEqual(['/hotline-count/x/left']);
});

test('a PBX that cannot be asked is warned of once, and asked again', async () => {
  const logger = createLogger({ silent: true });
  const warn = jest.spyOn(logger, 'warn');
  const visit = jest.fn(() => Promise.reject(new Error('no session')));
  const stop = new AbortController();
  const running = keepMenuCounts({ visit, registry, node: 'node-1', logger, everyMs: 1 }, stop.signal);
  while (visit.mock.calls.length < 3) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await running;
  expect(warn).toHaveBeenCalledTimes(1);
});
