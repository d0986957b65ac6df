/** The main menu. The real one is dialplan (asterisk-config/extensions-hotline.conf, [hotline-menu]). */
import type { Digit, Sound } from '../call/channel.ts';
import { soundOf } from '../call/prompts.ts';
import type { FakeChannel } from './fake-channel.ts';

/** Where the keys lead that are the site's own: to a branch of the application, or null for steps of the dialplan. */
export type MenuKeys = ReadonlyMap<string, string | null>;

/** What a caller chose; `dialplan`: a key that leads to steps of the site's own. */
export type Choice = { readonly branch: string } | 'operator' | 'goodbye' | 'dialplan';

const menu = soundOf('menu');
/** A key is waited for so long, ms, and the menu is said so often. */
const keyWithinMs = 7000;
const maxTries = 3;
/** It plays on while a key is waited for. */
const quiet: readonly Sound[] = [soundOf('silence')];

/**
 * Says the menu until a key leads somewhere. Keys behind it stay on the channel for the branch.
 *
 * @throws ChannelGone when the caller hangs up
 */
export async function chooseInMenu(channel: FakeChannel, siteKeys: MenuKeys): Promise<Choice> {
  let notice: Sound[] = [];
  for (let tries = 0; tries < maxTries; tries++) {
    const key = await readKey(channel, [...notice, menu]);
    const choice = key === null ? undefined : choiceOf(key, siteKeys);
    if (choice !== undefined) return choice;
    notice = [soundOf(key === null ? 'menu-silence' : 'menu-invalid')];
  }
  return 'goodbye';
}

/** Says goodbye and hangs up. @throws ChannelGone */
export async function sayGoodbye(channel: FakeChannel): Promise<void> {
  await channel.play([soundOf('goodbye')]).ended;
  channel.gone.throwIfAborted();
  await channel.hangUp();
}

function choiceOf(key: Digit, siteKeys: MenuKeys): Choice | undefined {
  if (key === '8') return { branch: 'reset' };
  if (key === '0') return 'operator';
  if (key === '9') return 'goodbye';
  const branch = siteKeys.get(key);
  return branch === null ? 'dialplan' : branch === undefined ? undefined : { branch };
}

/** As Asterisk's Read(): the first key cuts the sounds short; null without one. */
async function readKey(channel: FakeChannel, sounds: readonly Sound[]): Promise<Digit | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Digit | null>();
  const playback = channel.play([...sounds, ...quiet]);
  const stopListening = channel.onDigit((key) => {
    stopListening();
    resolve(key);
  });
  const leave = () => reject(channel.gone.reason as Error);
  channel.gone.addEventListener('abort', leave, { once: true });
  if (channel.gone.aborted) leave();
  let timer: NodeJS.Timeout | undefined;
  let isAnswered = false;
  void playback.reached(sounds.length).then(() => {
    if (!isAnswered) timer = setTimeout(() => resolve(null), keyWithinMs);
  });
  try {
    return await promise;
  } finally {
    isAnswered = true;
    clearTimeout(timer);
    stopListening();
    channel.gone.removeEventListener('abort', leave);
    await playback.stop();
  }
}

/** A line that leads a key somewhere, in the context of the site's branches. */
const stepOfKey = /^exten\s{0,9}=>?\s{0,9}([1-7])\s{0,9},\s{0,9}1\s{0,9},(.*)$/;
const toApplication = /^\s{0,9}Goto\(hotline-application,([a-z][a-z0-9-]{1,31}),1\)/;

/** The keys of [hotline-site-branches]. @param text extensions-site.conf */
export function siteKeysIn(text: string): MenuKeys {
  const keys = new Map<string, string | null>();
  let context = '';
  for (const line of text.split('\n')) {
    const written = line.trim();
    if (written.startsWith('[')) context = written.slice(1, written.indexOf(']'));
    const [, key, step = ''] = stepOfKey.exec(written) ?? [];
    if (context === 'hotline-site-branches' && key !== undefined)
      keys.set(key, toApplication.exec(step)?.[1] ?? null);
  }
  return keys;
}
