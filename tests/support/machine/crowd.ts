/**
 * Many callers at once, for a machine on which the package is installed: it runs there, with the package's own
 * scripted caller.
 *
 *     node crowd.ts <first> <callers> <prompt> [<keys>]…
 *
 * Each has a number of its own (0912341000, if the first is 1000) and keys 8, then each group of keys when a code is
 * asked for, with the last four digits of the number for an N. Prints `all heard it` once each has heard the prompt,
 * and stays on the line until standard input ends.
 */
import { text } from 'node:stream/consumers';
import type * as Caller from '../../../src/sip-caller/caller.ts';
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';

const installed = '/usr/lib/hotline';
const { placeCall } = (await import(`${installed}/src/sip-caller/caller.ts`)) as typeof Caller;
const [first = '', callers = '', prompt = '', ...groups] = process.argv.slice(2);

async function callAs(end: string): Promise<ScriptedCall> {
  const identity = { from: `091234${end}` };
  const call = await placeCall({ identity, soundsDirectory: `${installed}/sounds/vi` });
  await call.hears('hotline/menu');
  await call.keys('8');
  for (const keys of groups) {
    await call.hears(/^hotline\/enter-/);
    await call.keys(keys.replace('N', end));
  }
  await call.hears(`hotline/${prompt}`);
  return call;
}

const ends = Array.from({ length: Number(callers) }, (_, n) => String(Number(first) + n));
const calls = await Promise.all(ends.map(callAs));
process.stdout.write('all heard it\n');
await text(process.stdin);
await Promise.all(calls.map((call) => call.hangUp()));
