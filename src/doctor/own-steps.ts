/** Does what an admin has written in extensions-site.conf lead somewhere, and is what it plays there? */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { reachable } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import type { PbxFacts, Step } from './pbx-facts.ts';

type Facts = Pick<PbxFacts, 'dialplan' | 'endpoints'>;

const places = [
  'hotline-operator',
  'hotline-site-branches',
  'hotline-site-before-menu',
  'hotline-site-menu',
] as const;
/** Where Debian's Asterisk has its sounds, and where one has them that was built from source. */
const soundFolders = ['/usr/share/asterisk/sounds', '/var/lib/asterisk/sounds'];

/** @param folders of the sounds of an Asterisk on this machine; without any nothing is said of what is played */
export function checkOwnSteps(pbx: Facts, folders: readonly string[] = soundFolders): Finding {
  const contexts = new Set(places.flatMap((place) => [...reachable(pbx.dialplan, place)]));
  const isOurs = (name: string) => /^hotline-/.test(name) && !places.some((place) => place === name);
  const here = folders.filter((folder) => existsSync(join(folder, 'vi/hotline')));
  const faults = pbx.dialplan
    .filter(({ context }) => contexts.has(context) && !isOurs(context))
    .flatMap((step) => [...lostIn(step, pbx), ...silentIn(step, here)].map((fault) => describe(step, fault)));
  return expectThat(
    'your own steps',
    faults.length === 0,
    faults.length === 0 ? 'lead somewhere' : faults.join('; '),
    'extensions-site.conf, then hotline pbx reload (docs/admin.md, "What is yours"); a caller who gets there is hung up on, or hears nothing',
  );
}

const describe = ({ context, extension, does, isInclude }: Step, fault: string): string =>
  isInclude ? `[${context}] include => ${does}: ${fault}` : `[${context}] ${extension}: ${does}: ${fault}`;

/** Contexts, extensions and phones that a step names and that are not there. What a variable names is not followed. */
function lostIn(step: Step, { dialplan, endpoints }: Facts): string[] {
  const has = (name: string) => dialplan.some((other) => other.context === name);
  if (step.isInclude) return has(step.does) ? [] : [`there is no context [${step.does}]`];
  const ways = targetsOf(step.does).flatMap(({ context, extension }) => {
    if (!has(context)) return [`there is no context [${context}]`];
    return canTake(dialplan, context, extension) ? [] : [`[${context}] has no extension ${extension}`];
  });
  const phones = dialledBy(step.does)
    .filter((name) => !endpoints.some((endpoint) => endpoint.name === name))
    .map((name) => `pjsip.conf has no endpoint [${name}]`);
  return [...ways, ...phones];
}

/** From `Goto(a,s,1)`, `GotoIf($[…]?a,s,1:b,s,1)`, `Gosub(a,s,1(words))`. */
function targetsOf(does: string): { context: string; extension: string }[] {
  const [, within] = /^(?:Goto|Gosub)(?:If|IfTime)?\((.*)\)$/i.exec(does) ?? [];
  if (within === undefined) return [];
  const isChoice = /^\w+If/i.test(does);
  const ways = isChoice ? within.slice(within.lastIndexOf('?') + 1).split(':') : [within];
  return ways.flatMap((way) => {
    const [context = '', extension = '', priority] = way.split('(', 1)[0]!.split(',');
    return priority !== undefined && /^[\w-]+$/.test(context) ? [{ context, extension }] : [];
  });
}

/** Itself or by what it includes; in doubt it can: by a pattern, or where a variable names the extension. */
function canTake(dialplan: readonly Step[], context: string, extension: string): boolean {
  if (extension.includes('$')) return true;
  const included = new Set([context]);
  for (const name of included)
    // also those that are added meanwhile
    for (const step of dialplan) if (step.isInclude && step.context === name) included.add(step.does);
  const steps = dialplan.filter((step) => !step.isInclude && included.has(step.context));
  return steps.some((step) => step.extension === extension || step.extension.startsWith('_'));
}

/** Endpoints, from `Dial(PJSIP/6002&PJSIP/0241234567@trunk-out,30)`. */
function dialledBy(does: string): string[] {
  if (!/^Dial\(/i.test(does)) return [];
  const [, whom = ''] = /^Dial\(([^,)]*)/i.exec(does) ?? [];
  return whom.split('&').flatMap((one) => /^PJSIP\/(?:[^@/$]+@)?([\w.-]+)(?:\/|$)/i.exec(one)?.[1] ?? []);
}

/** Sounds that a step plays and that no folder has. */
function silentIn({ does, isInclude }: Step, folders: readonly string[]): string[] {
  if (isInclude || folders.length === 0) return [];
  const isThere = (name: string) =>
    name.startsWith('/')
      ? hasFile(name)
      : folders.some((folder) => ['vi', 'en', ''].some((language) => hasFile(join(folder, language, name))));
  return playedBy(does)
    .filter((name) => !isThere(name))
    .map((name) => `no sound ${name} in ${folders[0]}`);
}

/** From `Playback(a&b,skip)`, `Background(a)` and `Read(KEY,a&b,1)`. */
function playedBy(does: string): string[] {
  const [, first, second] = /^(?:Playback|Background)\(([^,)]*)|^Read\([^,)]*,([^,)]*)/i.exec(does) ?? [];
  return (first ?? second ?? '').split('&').filter((name) => /^[\w./-]+$/.test(name));
}

/** Whether there is a recording of this name in any format. */
function hasFile(path: string): boolean {
  const folder = dirname(path);
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(`${basename(path)}.`));
}
