/** What `hotline call` says in the end, and its exit code. */
import { isInstalled } from '../installation.ts';
import type { ScriptedCall } from '../sip-caller/scripted-call.ts';

type Heard = Pick<ScriptedCall, 'transcript' | 'digitsHeard'>;
type Write = (line: string) => void;

/** @returns 0 if a password was heard twice, both times the same */
export function sayPassword(call: Heard, write: Write): number {
  const [first, second, ...more] = call.digitsHeard();
  if (first === undefined) {
    write(`No password was heard.${whyNone(call)}`);
    return 1;
  }
  if (second !== first || more.length > 0) {
    write('A password was heard, but not twice the same.');
    return 1;
  }
  write(`The new password is ${first}: heard twice, both times the same.`);
  return 0;
}

function whyNone(call: Heard): string {
  if (!wasKeyed(call)) return whyNoKey(call);
  const isLimited = call
    .transcript()
    .some((entry) => entry.kind === 'heard' && entry.name === 'hotline/try-later');
  if (!isLimited) return '';
  const more = '; for more: RESETS_APART_SECONDS=0 RESETS_PER_ACCOUNT_DAY=1000 make run';
  return ` A citizen gets one a minute and three a day${isInstalled ? '' : more}`;
}

/** @returns 0 if something other than the menu was heard once the key had been pressed */
export function sayKey(key: string, call: Heard, write: Write): number {
  if (!wasKeyed(call)) {
    write(`Key ${key} was not pressed.${whyNoKey(call)}`);
    return 1;
  }
  const entries = call.transcript();
  const behind = entries.slice(entries.findIndex(({ kind }) => kind === 'keyed')).flatMap((entry) => {
    if (entry.kind === 'unknown') return ['a recording of your own'];
    return entry.kind === 'heard' && entry.name !== 'hotline/menu'
      ? [entry.name.replace('hotline/', '')]
      : [];
  });
  const isNowhere = behind.length === 0 || behind[0]!.startsWith('menu-');
  const places = behind.filter((name, at) => name !== behind[at - 1]);
  const nowhere = `Key ${key} leads nowhere.${isInstalled ? '' : ' After a change of the dialplan or of a branch, start make run again.'}`;
  write(isNowhere ? nowhere : `Key ${key} leads to: ${places.join(', ')}.`);
  return isNowhere ? 1 : 0;
}

/**
 * What `hotline call --json` writes.
 *
 * @param call null: none came about
 * @param said the sentence in the end
 */
export function reportCall(
  call: Heard | null,
  said: string,
  exitCode: number,
): Readonly<Record<string, unknown>> {
  const timeline = call?.transcript().map((entry) => {
    if (entry.kind !== 'heard') return entry;
    const { name: sound, ...others } = entry;
    return { ...others, sound };
  });
  return { succeeded: exitCode === 0, said, readings: call?.digitsHeard() ?? [], timeline: timeline ?? [] };
}

const wasKeyed = (call: Heard) => call.transcript().some(({ kind }) => kind === 'keyed');

/** A key is pressed when the menu begins. */
function whyNoKey(call: Heard): string {
  return call.transcript().some(({ kind }) => kind === 'unknown')
    ? ' The menu was not recognised: it is no recording of the hotline. --type-ahead presses the keys without listening for it.'
    : ' The menu was not heard.';
}
