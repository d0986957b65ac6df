/**
 * Many callers at once, for a machine on which the package is installed: it runs there, with the package's own
 * scripted caller.
 *
 *     node crowd.ts <first> <callers> <prompt> [<keys>]
 *
 * Each has a number of its own (0912341000, if the first is 1000) and keys 8. Once all are asked for a code, they press
 * these keys, with the last four digits of the number for an N. Prints `all heard it` once each has heard the prompt, and
 * stays on the line until standard input ends. Keys with spaces between are several answers: each waits for its question.
 */
import { text } from 'node:stream/consumers';
import type * as Caller from '../../../src/sip-caller/caller.ts';
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';

const installed = '/usr/lib/hotline';
const { placeCall } = (await import(`${installed}/src/sip-caller/caller.ts`)) as typeof Caller;
const [first = '', callers = '', prompt = '', keys] = process.argv.slice(2);

async function callAs(end: string): Promise<ScriptedCall> {
  const identity = { from: `091234${end}` };
  const call = await placeCall({ identity, soundsDirectory: `${installed}/sounds/vi` });
  await call.hears('hotline/menu');
  await call.keys('8');
  if (keys !== undefined) await call.hears(/^hotline\/enter-/);
  return call;
}

const ends = Array.from({ length: Number(callers) }, (_, n) => String(Number(first) + n));
const calls = await Promise.all(ends.map(callAs));
async function answer(call: ScriptedCall, n: number): Promise<void> {
  const [first = '', ...more] = keys!.replaceAll('N', ends[n]!).split(' ');
  await call.keys(first);
  for (const each of more) {
    await call.hears(/^hotline\/enter-/);
    await call.keys(each);
  }
}
if (keys !== undefined) await Promise.all(calls.map(answer)); // all at once
await Promise.all(calls.map((call) => call.hears(`hotline/${prompt}`)));
process.stdout.write('all heard it\n');
await text(process.stdin);
await Promise.all(calls.map((call) => call.hangUp()));
