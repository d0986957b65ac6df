/** Finds hours in which far more codes did not match than usual: somebody may be trying codes. */
import type { MismatchWave } from '../../registry/call-figures.ts';
import type { HourTotal } from './read-figures.ts';

const hourMs = 3_600_000;
/** An hour belongs to a wave if it has more than so many times the usual mismatches, and so many more. */
const manyTimes = 2;
const manyMore = 20;
/** With fewer hours of the same time of day, all hours say what is usual. */
const minSamples = 5;
const maxWaves = 20;

/**
 * @param hours in any order, without those in which no call ended
 * @param from waves are looked for from here on; the hours before only say what is usual
 */
export function findWaves(hours: readonly HourTotal[], from: Date): MismatchWave[] {
  const usualAt = usualOf(hours);
  const high = hours
    .filter(({ hour }) => hour * hourMs >= from.getTime())
    .map((hour) => ({ ...hour, usual: usualAt(hour.hour) }))
    .filter(({ mismatches, usual }) => mismatches > manyTimes * usual && mismatches >= usual + manyMore)
    .sort((a, b) => a.hour - b.hour);
  return largestOf(joinNeighbours(high));
}

/** Mismatches that are usual in an hour: the median of the hours at the same time of day. */
function usualOf(hours: readonly HourTotal[]): (hour: number) => number {
  const ofAll = median(hours.map(({ mismatches }) => mismatches));
  const byTime = Map.groupBy(hours, ({ hour }) => hour % 24);
  const usual = new Map(
    [...byTime].map(([time, same]) => [
      time,
      same.length < minSamples ? ofAll : median(same.map(({ mismatches }) => mismatches)),
    ]),
  );
  return (hour) => usual.get(hour % 24) ?? ofAll;
}

function joinNeighbours(high: readonly (HourTotal & { readonly usual: number })[]): MismatchWave[] {
  const waves: MismatchWave[] = [];
  for (const { hour, calls, mismatches, usual } of high) {
    const [from, to] = [new Date(hour * hourMs), new Date((hour + 1) * hourMs)];
    const last = waves.at(-1);
    if (last?.to.getTime() === from.getTime())
      waves[waves.length - 1] = {
        ...{ from: last.from, to, calls: last.calls + calls },
        ...{ mismatches: last.mismatches + mismatches, usual: last.usual + usual },
      };
    else waves.push({ from, to, calls, mismatches, usual });
  }
  return waves;
}

function largestOf(waves: readonly MismatchWave[]): MismatchWave[] {
  return waves
    .toSorted((a, b) => b.mismatches - a.mismatches)
    .slice(0, maxWaves)
    .sort((a, b) => a.from.getTime() - b.from.getTime());
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
