import { jest } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Systemd } from '../../src/machine/systemd.ts';
import { until } from '../support/until.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'systemd-'));
  const script = `#!/bin/sh\necho "$NOTIFY_SOCKET: $*" >> '${join(folder, 'told')}'\n`;
  writeFileSync(join(folder, 'systemd-notify'), script, { mode: 0o755 });
  writeFileSync(join(folder, 'told'), '');
});

afterEach(() => rmSync(folder, { recursive: true }));

const told = () => readFileSync(join(folder, 'told'), 'utf8').trim().split('\n');
const started = (environment: object) =>
  new Systemd({ PATH: [folder, process.env['PATH']].join(delimiter), ...environment });

test('systemd is told what the service waits for, that it is ready, and that it stops', async () => {
  const systemd = started({ NOTIFY_SOCKET: '/run/notify' });
  systemd.waitingFor('Asterisk');
  await until(() => told().includes('/run/notify: STATUS=waiting for Asterisk'));
  systemd.ready();
  await until(() => told().includes('/run/notify: READY=1 STATUS=taking calls'));
  systemd.stopping();
  await until(() => told().includes('/run/notify: STOPPING=1 STATUS=finishing running calls'));
});

test('its watchdog hears from the event loop', async () => {
  const realTime = globalThis.setTimeout;
  jest.useFakeTimers(); // or a beat under way would write into the folder while it is removed
  try {
    started({ NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '60000' }).startWatchdog();
    jest.advanceTimersByTime(60);
    while (told().length < 3) await new Promise((resolve) => realTime(resolve, 5));
    expect(told()).toEqual(Array.from({ length: 3 }, () => '/run/notify: WATCHDOG=1'));
  } finally {
    jest.useRealTimers();
  }
});

test('without systemd nothing is told, and nothing is started', () => {
  const alone = started({});
  alone.ready();
  expect(alone.startWatchdog()).toBeUndefined();
  expect(told()).toEqual(['']);
});
