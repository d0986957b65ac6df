import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../../tools/bench/options.ts';
import { readCapture } from '../../tools/bench/pcap.ts';
import { planArrivals, planRounds } from '../../tools/bench/plan.ts';
import { partHeights } from '../../tools/bench/plots.ts';
import { parseStat } from '../../tools/bench/processor-time.ts';
import { planSlots } from '../../tools/bench/sender.ts';
import { script } from '../../tools/bench/script.ts';
import { spread } from '../../tools/bench/statistics.ts';
import { systemNames } from '../../tools/bench/systems.ts';

test('a spread is made of values that were measured', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(spread(values)).toEqual({ p50: 100, p90: 180, p99: 198, max: 200 });
  expect(spread([7])).toEqual({ p50: 7, p90: 7, p99: 7, max: 7 });
  expect(spread([]).p50).toBeNaN();
});

test('each round has every system once, in an order of its own that the seed repeats', () => {
  const rounds = planRounds('1', 12);
  for (const round of rounds) expect(round.toSorted()).toEqual(systemNames.toSorted());
  expect(new Set(rounds.map(String)).size).toBeGreaterThan(1);
  expect(planRounds('1', 12)).toEqual(rounds);
  expect(planRounds('2', 12)).not.toEqual(rounds);
});

test('calls arrive at the rate, each somewhere in its own interval', () => {
  const arrivals = planArrivals('1', 4, 10);
  expect(arrivals.map((atMs) => Math.floor(atMs / 250))).toEqual(Array.from({ length: 40 }, (_, at) => at));
  expect(new Set(arrivals.map((atMs) => atMs % 250)).size).toBeGreaterThan(20);
  expect(planArrivals('1', 4, 10)).toEqual(arrivals);
});

test('a caller keys 8, and then the code, at the times of the script', () => {
  const downs = planSlots('0123456789').flatMap(({ key, marker }, slot) =>
    marker ? [{ key, atMs: slot * 20 }] : [],
  );
  expect(downs.map(({ key }) => key).join('')).toBe('80123456789');
  expect(downs.slice(0, 2).map(({ atMs }) => atMs)).toEqual([script.menuKeyAtMs, script.codeAtMs]);
});

test('the time of a process is read behind its name, whatever the name', () => {
  const fields = Array.from({ length: 20 }, (_, index) => String(index + 3));
  expect(parseStat(`42 (a) b (c)) S ${fields.slice(1).join(' ')}`)).toBe((14 + 15) * 10);
});

test('names of lines that end at almost the same height stand one above the other, in the order of the lines', () => {
  expect(partHeights([100, 50, 99, 101, 20])).toEqual([89, 50, 77, 101, 20]);
  expect(partHeights([40, 80])).toEqual([40, 80]);
});

test('a wrong option is refused with what is allowed', () => {
  expect(() => readOptions(['--rate', '50'])).toThrow('--rate: expected a number up to 11, not 50');
  expect(() => readOptions(['--short', 'again'])).toThrow('--short: expected compare or renew, not again');
  expect(readOptions(['--rate', '0.5', '--short', 'renew'])).toMatchObject({
    rate: 0.5,
    short: 'renew',
    rounds: 3,
  });
  expect(readOptions([])).toMatchObject({ rate: 5, short: null, program: 'rounds' });
  expect(readOptions(['--memory', '--rate', '14'])).toMatchObject({ rate: 14, program: 'memory' });
});

test('a capture is read packet by packet, with times in ms', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-pcap-'));
  const file = join(folder, 'capture');
  const rtp = Buffer.from('rtp');
  const packet = Buffer.concat([
    Buffer.alloc(14),
    Buffer.from([0x45]),
    Buffer.alloc(19),
    Buffer.alloc(8),
    rtp,
  ]);
  packet.writeUInt16BE(10_000, 34);
  packet.writeUInt16BE(4000, 36);
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  const record = Buffer.alloc(16);
  record.writeUInt32LE(1_800_000_000, 0);
  record.writeUInt32LE(1500, 4);
  record.writeUInt32LE(packet.length, 8);
  writeFileSync(file, Buffer.concat([header, record, packet, record, packet]));
  const read = [];
  for await (const { rtp: payload, ...rest } of readCapture(file))
    read.push({ ...rest, payload: String(payload) });
  rmSync(folder, { recursive: true });
  const expected = { atMs: 1_800_000_000_001.5, sourcePort: 10_000, destinationPort: 4000, payload: 'rtp' };
  expect(read).toEqual([expected, expected]);
});
