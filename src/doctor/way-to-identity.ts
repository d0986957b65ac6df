/** What happens to a call between its trunk and `hotline-identity`. */
import { contextsNamed, reachable } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import type { Endpoint, PbxFacts, Step } from './pbx-facts.ts';

const identity = 'hotline-identity';
/** Applications that neither answer a call nor let time pass. */
const harmless = new Set([
  ...['noop', 'set', 'mset', 'log', 'verbose', 'progress', 'ringing', 'proceeding'],
  ...['goto', 'gotoif', 'gotoiftime', 'gosub', 'gosubif', 'macro', 'return'],
  ...['hangup', 'busy', 'congestion', 'resetcdr'],
]);

/** None for an endpoint whose calls do not come to `hotline-identity`. */
export function checkWayToIdentity({ name, context }: Endpoint, pbx: PbxFacts): Finding[] {
  if (!reachable(pbx.dialplan, context).has(identity)) return [];
  const found = stepsBeforeIdentity(pbx, context).map((step) => `[${step.context}] ${step.does}`);
  return [
    expectThat(
      `way of ${name} to ${identity}`,
      found.length === 0,
      found.join('; ') || 'not answered before',
      `extensions.conf: Goto(${identity},s,1) before anything that may answer the call; no number of a call that comes there answered is believed. Your own menu: [hotline-site-menu] (docs/admin.md)`,
    ),
  ];
}

/**
 * Steps that may answer a call on its way from the context `start` to `hotline-identity`, which then believes
 * nothing of it. Too many rather than too few: conditions are not looked at.
 */
function stepsBeforeIdentity({ dialplan }: Pick<PbxFacts, 'dialplan'>, start: string): Step[] {
  const names = new Set(dialplan.map(({ context }) => context));
  const leading = placesBeforeIdentity(dialplan, names);
  const isLeading = (step: Step) => placesNamed(step, names).some((place) => leading.has(place));
  const contexts = reachable(dialplan, start, identity);
  const steps = dialplan.filter(({ context, isInclude }) => contexts.has(context) && !isInclude);
  const before = [...Map.groupBy(steps, placeOf).values()].flatMap((extension) =>
    extension.slice(0, extension.findLastIndex(isLeading) + 1),
  );
  const subroutines = new Set(
    before
      .filter((step) => /^(Gosub|Macro)/i.test(step.does) && !isLeading(step))
      .flatMap((step) => contextsNamed(step, names))
      .flatMap((name) => [...reachable(dialplan, name, identity)]),
  );
  const called = steps.filter(({ context }) => subroutines.has(context));
  return [...new Set([...before, ...called])].filter(({ does }) => !isHarmless(does));
}

/** A place is a context, or one of its extensions as `context,extension`. */
const placeOf = ({ context, extension }: Step) => `${context},${extension}`;

/** All places from which a call can come to `hotline-identity`, with itself. */
function placesBeforeIdentity(dialplan: readonly Step[], names: ReadonlySet<string>): ReadonlySet<string> {
  const comesFrom = new Map<string, string[]>();
  const add = (to: string, from: string) => {
    const known = comesFrom.get(to);
    if (known === undefined) comesFrom.set(to, [from]);
    else known.push(from);
  };
  for (const step of dialplan) {
    const from = step.isInclude ? step.context : placeOf(step);
    for (const place of placesNamed(step, names)) add(place, from);
    if (!step.isInclude) add(from, step.context);
  }
  const places = new Set([identity]);
  for (const place of places) for (const from of comesFrom.get(place) ?? []) places.add(from); // also those added meanwhile
  return places;
}

/** Where a step leads: to contexts; to an extension of its own context; to any of these, if a key or variable says which. */
function placesNamed(step: Step, names: ReadonlySet<string>): string[] {
  const { context, does, isInclude } = step;
  const contexts = contextsNamed(step, names);
  if (isInclude) return contexts;
  if (/^(WaitExten|Background)\(/i.test(does)) return [context];
  const extensions = branchesOf(does)
    .map((branch) => branch.split(','))
    .flatMap((parts) => (parts.length === 2 ? parts.slice(0, 1) : []));
  return [
    ...contexts,
    ...extensions.map((name) => (name.includes('${') ? context : `${context},${name.trim()}`)),
  ];
}

/** Where a Goto, GotoIf or GotoIfTime leads: `8,1` for `GotoIf($[1]?8,1)`. */
function branchesOf(does: string): string[] {
  if (!/^Goto/i.test(does)) return [];
  const inside = does.slice(does.indexOf('(') + 1, does.lastIndexOf(')'));
  return /^Goto\(/i.test(does) ? [inside] : inside.slice(inside.lastIndexOf('?') + 1).split(':');
}

function isHarmless(does: string): boolean {
  return applicationsOf(does).every((application) => harmless.has(application.toLowerCase()));
}

/** What a step runs: itself, or what `Exec(…)` and `ExecIf(…?…:…)` name, with brackets or without. */
function applicationsOf(does: string): string[] {
  const [, name = does, inside = ''] = /^(\w+)(?:\s*\(([^]*)\))?$/.exec(does.trim()) ?? [];
  if (/^(Try)?Exec$/i.test(name)) return applicationsOf(inside);
  if (!/^ExecIf(Time)?$/i.test(name)) return [name];
  const [, ...rest] = splitOutside(inside, '?');
  return splitOutside(rest.join('?'), ':')
    .filter((branch) => branch.trim() !== '')
    .flatMap(applicationsOf);
}

/** Splits where the separator stands outside brackets and quotation marks, as Asterisk does (main/app.c). */
function splitOutside(text: string, separator: '?' | ':'): string[] {
  const parts = [''];
  let depth = 0;
  let isQuoted = false;
  for (const char of text) {
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted) depth += '([{'.includes(char) ? 1 : ')]}'.includes(char) ? -1 : 0;
    if (char === separator && depth === 0 && !isQuoted) parts.push('');
    else parts.push(`${parts.pop()!}${char}`);
  }
  return parts;
}
