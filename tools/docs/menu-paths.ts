/** The paths through the main menu, read from the dialplan, as steps of trace.ts. */
import { shippedSections } from '../../tests/support/machine/shipped-config.ts';
import type { Step } from './trace.ts';

/** The steps of a context: `8,1,Stasis(hotline,reset)`. */
function context(name: string): string[] {
  const found = shippedSections('extensions.conf').find((section) => section.name === name);
  if (found === undefined)
    throw new Error(`asterisk-config/ has no context ${name}: the pictures in the documents cannot be drawn`);
  return found.lines.filter(([kind]) => kind === 'exten' || kind === 'same').map(([, step]) => step);
}

/** The prompts that a piece of the dialplan plays: `menu` for `hotline/menu`. */
const promptsIn = (text: string): string[] =>
  [...text.matchAll(/hotline\/([\w-]+)/g)].map(([, name]) => name!);
const heard = (...names: string[]): Step[] => names.map((name) => ({ heard: name }));
const led = (what: string, count = 0): Step => ({ led: what, count });
/** Where a Goto leads: `operator` for `Goto(hotline-to-operator,s,1)`. */
const target = (line: string): string => /hotline-(?:to-)?([\w-]+),s,1/.exec(line)?.[1] ?? 'your branch';

/** The prompts that the operator's context plays, as shipped in extensions-site.conf. */
export function operatorPrompts(): string[] {
  return promptsIn(context('hotline-operator').join('\n'));
}

/** The paths of every key of the menu, of no key and of an unknown key. */
export function menuPaths(): Step[][] {
  const tries = Number(/\$\{TRY\} <= (\d)/.exec(context('hotline-menu').join('\n'))?.[1]);
  return [
    ...keysThatLead().map(([key, to]) => [...heard('menu'), led(key), ...heard(to)]),
    [
      ...heard('menu'),
      led('8, the application is down'),
      ...heard(...promptsIn(context('hotline-unavailable').join('\n')), 'operator'),
    ],
    again('another key', 'menu-invalid', tries),
    again('silence', 'menu-silence', tries),
  ];
}

/** Each key of the menu but 8, and where its Goto leads. */
function keysThatLead(): [key: string, to: string][] {
  let key = '';
  const found: [string, string][] = [];
  for (const line of context('hotline-branches')) {
    key = /^(\d),1,/.exec(line)?.[1] ?? key;
    if (line.includes('Goto(') && !line.includes('hotline-application')) found.push([key, target(line)]);
  }
  return found;
}

function again(what: string, notice: string, tries: number): Step[] {
  if (!promptsIn(context('hotline-menu').join('\n')).includes(notice)) return [];
  const steps = Array.from({ length: tries - 1 }, (_, index) => [
    ...heard('menu'),
    led(what, index + 1),
    ...heard(notice),
  ]);
  return [...steps.flat(), ...heard('menu'), led(what, tries), ...heard('goodbye')];
}
