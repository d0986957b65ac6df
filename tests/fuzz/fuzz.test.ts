/** A small attack, always the same one; `make fuzz` runs the large one. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { drawAttack, originOf, type Attack } from '../../tools/fuzz/attack.ts';
import { mutationNames } from '../../tools/fuzz/mutations.ts';
import { sessionChanges } from '../../tools/fuzz/session.ts';
import { endWithUs } from '../support/machine/end-with-us.ts';
import { Dice } from '../../src/simulation/dice.ts';

const target = { attacker: '0981234567', victim: '0912345678', code: '0123456789' };

/** Message `number` of a seed, from a phone whose ports never change. */
function draw(seed: string, number: number) {
  const dice = new Dice(`${seed}-${number}`);
  return drawAttack(dice, { ...originOf(dice), sipPort: 40_000, rtpPort: 40_002 }, target);
}

test('the same seed and number give the same message, and 600 numbers try every kind of fault', () => {
  const drawn = Array.from({ length: 600 }, (_, number) => draw('1', number));
  const sent = (attack: Attack) => attack.invite.toString('latin1');
  expect(sent(draw('1', 17))).toBe(sent(drawn[17]!));
  expect(new Set(drawn.map(sent)).size).toBe(drawn.length);
  const tried = new Set(drawn.flatMap((attack) => attack.tried));
  expect([...mutationNames, ...sessionChanges].filter((name) => !tried.has(name))).toEqual([]);
});

test('150 malformed and contradictory messages harm nobody: no crash, no reset, no blocked loop, no leak, nothing left', () => {
  const program = join(import.meta.dirname, '../../tools/fuzz/fuzz.ts');
  const [first = '', ...words] = endWithUs([process.execPath, program, '--seed', 'small', '--count', '150']);
  const { status, stdout, stderr } = spawnSync(first, words, { encoding: 'utf8' });
  expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ messages: 150, violations: 0 });
});
