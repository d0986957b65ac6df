/** The paths through the call with every sound of them, for the seconds and the cost of each: call-paths.json. */
import { format, resolveConfig } from 'prettier';
import type { CallPath } from '../../src/call/paths/path-cost.ts';
import { tracedPaths, type TracedPath } from './call-paths.ts';
import { menuPaths } from './menu-paths.ts';
import { faulty, ordinary } from './scenarios.ts';
import type { Step } from './trace.ts';

/** The file as it should be. */
export async function timedPaths(): Promise<string> {
  const paths = [
    ...menuPaths().map(pathOfMenu),
    ...(await tracedPaths(ordinary)).map(pathOf),
    ...(await tracedPaths(faulty)).map(pathOf),
  ];
  const seen = new Set<string>();
  const different = paths.filter(({ steps, led }) => {
    const key = JSON.stringify([steps, led]);
    return !seen.has(key) && seen.add(key);
  });
  return format(JSON.stringify(different), {
    ...(await resolveConfig(import.meta.filename)),
    parser: 'json',
  });
}

function pathOf({ steps, sounds, scenario }: TracedPath): CallPath {
  const { maxSeconds } = scenario;
  const isOperator = steps.some((step) => 'heard' in step && step.heard === 'operator');
  return {
    led: ledIn(steps),
    steps: [...sounds, ...(isOperator ? ['operator'] : [])],
    ...(maxSeconds !== undefined && { maxSeconds }),
  };
}

function pathOfMenu(steps: readonly Step[]): CallPath {
  return {
    led: ledIn(steps),
    steps: steps.map((step) =>
      'heard' in step ? step.heard : step.led === 'silence' ? 'silence' : 'keys 1',
    ),
  };
}

/** How often a database is asked that does not answer depends on the recordings, all of which are short here. */
function ledIn(steps: readonly Step[]): string[] {
  const led = steps.flatMap((step) => ('led' in step ? [step.led] : []));
  const words = led.map((each) => each.replace('still no answer', 'no answer yet'));
  return words.filter((each, at) => !/^(?:no answer|still )/.test(each) || words[at - 1] !== each);
}
