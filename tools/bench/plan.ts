/** When each call of a run begins, and in which order the systems take turns; all of it drawn from the seed. */
import { Dice } from '../../src/simulation/dice.ts';
import { systemNames, type System } from './systems.ts';

/** The turns of each round: every system once, in an order of the round's own. */
export function planRounds(seed: string, rounds: number): System[][] {
  return Array.from({ length: rounds }, (_, round) =>
    new Dice(`order ${seed} ${round}`).shuffled(systemNames),
  );
}

/**
 * When the calls of a turn begin, ms after its start. One in each interval of 1/`rate` s, anywhere in it: calls do not
 * come by the clock, and the systems of a round, which share the plan, are not told apart by a chance rush.
 *
 * @param rate calls a second
 */
export function planArrivals(seed: string, rate: number, seconds: number): number[] {
  const dice = new Dice(`arrivals ${seed}`);
  const apartMs = 1000 / rate;
  return Array.from({ length: Math.round(rate * seconds) }, (_, index) =>
    Math.round((index + dice.number(0, 999) / 1000) * apartMs),
  );
}
