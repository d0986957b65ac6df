/** The arithmetic of docs/capacity.md, by hand, and the program that reckons it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeInputs, readQuestion, type InputName } from '../../tools/capacity/inputs.ts';
import { limitsOf } from '../../tools/capacity/limits.ts';
import { readMeasured } from '../../tools/capacity/measured.ts';
import { needsOf } from '../../tools/capacity/needs.ts';

const checkout = join(import.meta.dirname, '../..');
const measured = await readMeasured();
const inputs = describeInputs(measured);
const ask = (...words: string[]) => readQuestion(words, inputs);
const capacity = (...words: string[]) =>
  spawnSync(process.execPath, ['tools/capacity/capacity.ts', ...words], { cwd: checkout, encoding: 'utf8' });

/** Figures that are easy to reckon with. */
const round = [
  ...['--call', '50', '--in-application', '40', '--busy-hour', '10', '--use', '50', '--asterisk', '4'],
  ...['--application', '80', '--hash', '20', '--database', '10', '--audit', '1000', '--month', '100'],
  ...['--two-days', '10', '--vnd-call', '1000', '--vnd-line', '50000', '--vnd-sms', '300', '--blocking', '1'],
];

test('ten calls a second of 50 s: channels, processors, packets, disk and money as reckoned by hand', () => {
  const needs = needsOf(10, ask(...round).values);
  expect(needs).toMatchObject({ erlangs: 500, applicationErlangs: 400, lines: 527, processes: 2 });
  // Half used: 500 × 4 ms, 10 × 60 ms, 10 × 20 ms and 10 × 10 ms a second, twice.
  const { processors } = needs;
  expect(processors).toMatchObject({ asterisk: 4, eventLoop: 1.2, hash: 0.4, database: 0.2 });
  expect(processors.all).toBeCloseTo(5.8, 9);
  const memory = ['--asterisk-idle', '60', '--asterisk-call', '0.5', '--application-memory', '300'];
  expect(needsOf(10, ask(...round, ...memory).values).memory).toEqual({
    asterisk: 2 * 60 + 527 / 2,
    application: 600,
  });
  expect(needs.packets).toBe(25_000);
  expect(needs.megabits).toEqual({ ip: 40, ethernet: 43.6 }); // 80 and 87.2 kbit/s a call
  expect([needs.callsADay, needs.callsAYear]).toEqual([360_000, 131_400_000]);
  expect(needs.bytes).toMatchObject({ year: 131.4e9, recent: 360_000 * (30 * 100 + 2 * 10) });
  expect(needs.vnd.hour).toBe(36e6);
  expect(needs.vnd).toMatchObject({ year: 131.4e9, lines: 527 * 50_000 * 12, messages: 39.42e9 });
});

test('a limit suffices for the rate whose traffic its lines carry, or that uses it as much as is asked for', () => {
  const limits = new Map(limitsOf(ask(...round).values).map(({ what, rate }) => [what, rate]));
  expect(limits.get('event loop of the application')).toBeCloseTo(0.5 / 0.06, 9);
  expect(limits.get('processors of one machine')).toBeCloseTo((2 * 0.5) / 0.29, 9);
  const values = ask(...round, '--call', '55.8').values;
  const ports = limitsOf(values).find(({ what }) => what === 'ports in rtp.conf')!;
  expect(ports.shipped).toBe('500 calls');
  expect(needsOf(ports.rate * 0.9999, values).lines).toBe(500);
  expect(needsOf(ports.rate * 1.01, values).lines).toBeGreaterThan(500);
});

test('every input has a value that it allows itself, and money that nobody here knows is left out', () => {
  for (const name of Object.keys(inputs) as InputName[]) {
    const { default: value, min, max } = inputs[name];
    if (!Number.isNaN(value))
      expect({ name, isAllowed: value >= min && value <= max }).toEqual({ name, isAllowed: true });
  }
  expect(needsOf(1, ask().values).vnd).toMatchObject({ lines: NaN, messages: NaN });
});

test.each([
  [['--rate', '0'], '--rate: expected a number from 0.001 to 1000 (calls a second), not 0'],
  [['--rate', '4,,5'], '--rate: expected a number from 0.001 to 1000 (calls a second), not '],
  [['--call', 'long'], '--call: expected a number from 1 to 3600 (s), not long'],
  [['--blocking', '0'], '--blocking: expected a number from 0.01 to 50 (%), not 0'],
  [['--hash', '80', '--application', '70'], '--hash: expected at most --application, 70 ms, not 80'],
  [['--cores', '4'], "Unknown option '--cores'"],
])('%j is refused in one line', (words, line) => {
  expect(capacity(...words)).toMatchObject({ status: 1, stdout: '', stderr: `capacity: ${line}\n` });
});

test('the program answers for the rate and the figures it is given, and says which were given', () => {
  const { status, stdout } = capacity('--rate', '7', '--call', '70');
  expect(status).toBe(0);
  expect(stdout).toContain('| calls a second | 7 |');
  expect(stdout).toContain('| calls at once, on average | 490 |');
  expect(stdout).toContain('| `--call` | 70 s | a call, from its answer | you |');
});

test.each(['docs/README.md', 'docs/performance.md', 'docs/operating.md'])(
  '%s leads to capacity.md',
  (file) => {
    expect(readFileSync(join(checkout, file), 'utf8')).toContain('](capacity.md)');
  },
);
