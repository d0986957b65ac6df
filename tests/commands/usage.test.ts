/** Wrong usage ends a command before it looks at settings or reaches anything. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readDay, readTime } from '../../src/commands/read-time.ts';
import { countOf } from '../../src/count-of.ts';
import { vietnamIso, vietnamTime } from '../../src/timing/vietnam-time.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

test.each([
  [['audit', 'show', '--since', '25/11/2026'], '--since: expected a date as'],
  [['audit', 'show', '--since', '2026-11-26', '--until', '2026-11-25'], '--until is before --since'],
  [['call', '--target', 'here:there'], '--target: expected host or host:port'],
  [['drain', '--within', 'x'], '--within: expected whole seconds, 0 to 900'],
  [['report'], 'report: expected --day, or --from for several days'],
  [
    ['report', '--day', '29/11/2026'],
    '--day: expected a day that exists, as 2026-03-31, or today or yesterday',
  ],
  [
    ['report', '--day', '2999-01-01'],
    '--day: 2999-01-01 has not begun in Vietnam: expected today or a day before',
  ],
  [['report', '--from', '2020-02-29'], '--from: figures are kept for 400 days: expected 20'],
  [['report', '--from', 'today', '--to', 'yesterday'], '--to is before --from'],
])('hotline %j ends with 2 and says what was expected', (args, message) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining(`hotline: ${message}`),
  });
});

test.each([
  [['foo'], "hotline: unknown command 'foo'\nhotline --help shows the commands\n"],
  [
    ['simulat'],
    "hotline: unknown command 'simulat'\n(Did you mean simulate?)\nhotline --help shows the commands\n",
  ],
  [['pbx', 'stop'], "hotline: unknown command 'stop'\nhotline pbx --help shows the commands\n"],
  [
    ['audit', 'show', '--nothing'],
    "hotline: unknown option '--nothing'\nhotline audit show --help shows what it takes\n",
  ],
  [
    ['import'],
    "hotline: missing required argument 'accounts.csv'\nhotline import --help shows what it takes\n",
  ],
])('hotline %j is answered in a line or two, which name the help', (args, told) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: told });
});

test('a command of a checkout whose hotline is stopped says how to start it', () => {
  const { status, stderr } = spawnSync(process.execPath, [cli, 'outbox'], {
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: 'mysql://user:password@127.0.0.1:1/hotline' },
  });
  expect(stderr).toBe(
    'hotline: the registry failed: nothing listens there (ECONNREFUSED)\nIf the hotline of this checkout is stopped, start it with make run, then try again.\n',
  );
  expect(status).toBe(1);
});

test.each([
  ['2026-11-25', '2026-11-25T00:00:00.000+07:00', '2026-11-26T00:00:00.000+07:00'],
  ['2026-11-25T15:03', '2026-11-25T15:03:00.000+07:00', '2026-11-25T15:04:00.000+07:00'],
  ['2026-11-25 15:03:22', '2026-11-25T15:03:22.000+07:00', '2026-11-25T15:03:23.000+07:00'],
  ['2026-11-25T08:03Z', '2026-11-25T15:03:00.000+07:00', '2026-11-25T15:04:00.000+07:00'],
  ['2024-02-29 23:59:59 +08:00', '2024-02-29T22:59:59.000+07:00', '2024-02-29T23:00:00.000+07:00'],
])('%s is a day, a minute or a second of Vietnam, unless it names an offset', (text, start, end) => {
  const period = readTime('--since', text);
  expect([vietnamIso(period.start), vietnamIso(period.end)]).toEqual([start, end]);
});

test.each([
  '',
  'yesterday',
  '25/11/2026',
  '2026-11-31',
  '2025-02-29',
  '2026-11-25T24:00',
  '2026-11-25T15',
  '2026-11-25+07:00',
  '2026-11-25T15:03+99:00',
])('a time of %j is refused', (text) => {
  expect(() => readTime('--since', text)).toThrow('--since: expected a date as 2026-03-31 or a time');
});

test('a day is one of Vietnam, whose date may be ahead of that of UTC', () => {
  const now = new Date('2026-11-25T18:30:00Z');
  expect(['2026-03-31', 'today', 'yesterday'].map((text) => vietnamIso(readDay('--day', text, now)))).toEqual(
    ['2026-03-31T00:00:00.000+07:00', '2026-11-26T00:00:00.000+07:00', '2026-11-25T00:00:00.000+07:00'],
  );
});

test.each(['', 'tomorrow', '25/11/2026', '2026-11-31', '2025-02-29', '2026-11-25T08:00'])(
  'a day of %j is refused',
  (text) => {
    expect(() => readDay('--day', text)).toThrow('--day: expected a day that exists, as 2026-03-31');
  },
);

test('a printed time says its zone, and is read back as it was', () => {
  const printed = vietnamTime(new Date('2026-11-25T08:03:22.000Z'));
  expect(printed).toBe('2026-11-25 15:03:22 +07:00');
  expect(readTime('--since', printed).start).toEqual(new Date('2026-11-25T08:03:22.000Z'));
});

test('one of a thing is not many', () => {
  expect([0, 1, 2].map((count) => countOf(count, 'call'))).toEqual(['0 calls', '1 call', '2 calls']);
  expect(countOf(2, 'call back', 'calls back')).toBe('2 calls back');
});
