/**
 * Headers that name the caller, and contradict each other. The victim's number stands in many of them,
 * but never as the one number that a carrier asserts beside the same From: no call may reset anything.
 */
import type { Dice } from '../../src/simulation/dice.ts';
import { junk, spoil } from './text.ts';

/** Numbers in national form. */
export interface Names {
  /** Of the attacker, without an account. A different one for each message, so that a leak names its message. */
  readonly attacker: string;
  /** Of a citizen. */
  readonly victim: string;
}

const host = '127.0.0.2';
const uri = (number: string) => `<sip:${number}@${host}>`;
const escaped = (number: string) =>
  Array.from(number, (digit) => `%${digit.charCodeAt(0).toString(16)}`).join('');

/** Values in which a reader may see the victim. */
const disguises: ((victim: string) => string)[] = [
  uri,
  (victim) => `"${victim}" ${uri('0911000000')}`,
  (victim) => `<tel:+84${victim.slice(1)}>`,
  (victim) => uri(escaped(victim)),
  (victim) => uri(`${victim}%00`),
  (victim) => uri(`${victim};phone-context=+84`),
  (victim) => `<sip:0911000000@${host}?P-Asserted-Identity=${victim}>`,
  (victim) => `<sip:${victim}`,
  (victim) => `sip:${victim}@${host}>`,
  (victim) => `<sip:0911000000@${host}>,<sip:${victim}@${host}>`,
  (victim) => `<sip:${victim}@${host}>\r\n ,<sip:0911000000@${host}>`,
  (victim) => `"\\"<sip:${victim}@${host}>" <sip:0911000000@${host}>`,
  (victim) => `<sip:${victim.slice(0, 5)}\r\n ${victim.slice(5)}@${host}>`,
  (victim) => `<sips:${victim}@${host};user=phone>;party=calling;screen=yes;privacy=off`,
  (victim) => `<urn:${victim}>`,
];

/** Headers that assert nothing here. */
const others = [
  'P-Preferred-Identity',
  'Remote-Party-ID',
  'Diversion',
  'History-Info',
  'P-Called-Party-ID',
  'Referred-By',
  'Reply-To',
  'P-Asserted-Service',
  'X-Asserted-Identity',
];

const privacies = ['none', 'id', 'id;user;critical', 'None', ' none ', 'none;id', 'none\r\n id', ''];

function identityToken(dice: Dice, { victim }: Names): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = dice.oneOf<unknown>([
    { orig: { tn: `84${victim.slice(1)}` }, dest: { tn: ['19009068'] } },
    { orig: [victim], dest: null },
    [],
    junk(dice),
  ]);
  return `${part({ alg: 'ES256', ppt: 'shaken' })}.${part(claims)}.c2ln;info=<http://127.0.0.9/x>;ppt=shaken`;
}

/** From first, without its tag, then the others in any order. */
export function hostileIdentity(names: Names, dice: Dice): { from: string; headers: [string, string][] } {
  const { attacker, victim } = names;
  const disguise = () => dice.oneOf(disguises)(victim);
  const headers: [string, string][] = [];
  // Either the carrier asserts the attacker's number, or From has it: never both the victim's.
  const asserts = dice.oneOf(['attacker', 'victim', 'both', 'nobody'] as const);
  if (asserts === 'attacker' || asserts === 'both') headers.push(['P-Asserted-Identity', uri(attacker)]);
  if (asserts === 'victim' || asserts === 'both') headers.push(['P-Asserted-Identity', disguise()]);
  if (dice.happens(15)) headers.push(['P-Asserted-Identity', spoil(uri(attacker), dice)]);
  for (const name of dice.shuffled(others).slice(0, dice.number(0, 3))) headers.push([name, disguise()]);
  if (dice.happens(25)) headers.push(['Privacy', dice.oneOf(privacies)]);
  if (dice.happens(10)) headers.push(['Privacy', dice.oneOf(privacies)]);
  if (dice.happens(15)) headers.push(['Identity', identityToken(dice, names)]);
  const asVictim = asserts === 'nobody' && dice.happens(50);
  const name = dice.happens(30) ? `"${dice.oneOf([victim, 'Nguy\xe1\xbb\x85n', '\\"', junk(dice)])}" ` : '';
  return { from: name + (asVictim ? disguise() : uri(attacker)), headers: dice.shuffled(headers) };
}
