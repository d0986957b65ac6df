/** Asterisk takes over what setup has changed: by a reload, in which no call ends, wherever that is enough. */
import { setTimeout } from 'node:timers/promises';

/** The Asterisk of this machine. */
export interface LocalPbx {
  isRunning(): boolean;
  /** Calls that run now, also those that are none of ours; NaN: not known. */
  calls(): number;
  reload(): void;
  /** Also starts one that does not run. */
  restart(): void;
  /** Why the application would not get ARI, or the doctor AMI; undefined: both let us in. */
  whyClosed(): Promise<string | undefined>;
}

/** A reload that somebody else has begun makes Asterisk refuse ours. */
const attempts = 3;

/**
 * @param mayStart whether Asterisk may be started, and restarted where a reload was not enough and no call runs
 * @param say gets what is done, before it is done
 * @returns what is left to the admin, a sentence each
 */
export async function takeOver(
  pbx: LocalPbx,
  mayStart: boolean,
  say: (what: string) => void,
  againAfterMs = 1000,
): Promise<string[]> {
  if (!pbx.isRunning()) {
    if (!mayStart) return ['Start Asterisk: systemctl start asterisk.'];
    say('Starting Asterisk …');
    pbx.restart();
    return [];
  }
  const why = await reload(pbx, againAfterMs);
  if (why === undefined) return [];
  if (!mayStart || pbx.calls() !== 0)
    return [
      `Restart Asterisk, which ends its calls (systemctl restart asterisk): a reload was not enough, ${why}.`,
    ];
  say(`Restarting Asterisk: a reload was not enough, ${why} …`);
  pbx.restart();
  return [];
}

/** @returns why it was not enough */
async function reload(pbx: LocalPbx, againAfterMs: number): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    pbx.reload();
    const why = await pbx.whyClosed();
    if (why === undefined || attempt === attempts) return why;
    await setTimeout(againAfterMs);
  }
}
