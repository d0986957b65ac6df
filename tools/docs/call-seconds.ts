/** How long the calls last that people ask about, by the recordings. */
import { join } from 'node:path';
import { costOf } from '../../src/call/paths/path-cost.ts';
import { loadSoundLengths } from '../../src/recordings/catalogue.ts';
import { shippedScript } from '../../tests/support/fakes/shipped-script.ts';
import { tracedPaths } from './call-paths.ts';
import { code, wrong, type Scenario } from './scenarios.ts';

const calls: readonly (readonly [call: string, scenario: Scenario])[] = [
  ['a new password; nothing is pressed after the code', { attempts: [code] }],
  ['… read a third time', { attempts: [code], atReading: '1' }],
  ['… read a fourth time', { attempts: [code], atReading: '11' }],
  ['three mismatches; nothing is pressed then', { attempts: [wrong, wrong, wrong] }],
  ['… and the other ways', { attempts: [wrong, wrong, wrong], atOffer: '1' }],
  ['no trusted number; nothing is pressed', { attempts: [], withheld: true }],
  ['… and the other ways', { attempts: [], withheld: true, atOffer: '1' }],
  ['no code is keyed, three times', { attempts: ['', '', ''] }],
];

/** A table of them, without the announcement of the fee and with it. */
export async function tabulateSeconds(checkout: string): Promise<string> {
  const lengths = await loadSoundLengths(join(checkout, 'sounds/vi'));
  const paths = await tracedPaths(calls.map(([, scenario]) => scenario));
  const seconds = (steps: readonly string[]) => {
    const { usualMs } = costOf({ led: [], steps }, shippedScript, (sound) => lengths.get(sound)!);
    return (usualMs / 1000).toFixed(1);
  };
  const rows = paths.map(
    ({ sounds }, n) => `| ${calls[n]![0]} | ${seconds(sounds)} | ${seconds(['fee', ...sounds])} |`,
  );
  return ['| call | seconds | with `fee` |', '|---|---|---|', ...rows].join('\n');
}
