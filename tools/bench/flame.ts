/** A profile as a flame graph: who called whom, and how much of the time each took. */
import type { CpuProfile } from './profiler.ts';

/** One frame of the graph, with what it calls. Times are ms. */
export interface Frame {
  readonly name: string;
  readonly kind: Kind;
  /** With all that it calls. */
  ms: number;
  readonly calls: Map<string, Frame>;
}

/** Where code comes from: this project, its packages, Node itself, or what V8 does (compiling, collecting garbage). */
type Kind = 'own' | 'package' | 'node' | 'engine';

/** What the process waits in. */
const idle = new Set(['(idle)', '(root)']);

/**
 * Adds up the samples. Neighbouring frames of one file, one package or one part of Node are one frame, so that the
 * graph shows who uses what, and not how it is built.
 */
export function foldProfile({ nodes, samples = [], timeDeltas = [] }: CpuProfile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const stackOf = (id: number | undefined): ReturnType<typeof placeOf>[] => {
    const stack = [];
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const place = placeOf(byId.get(at)!.callFrame);
      if (place.name !== '(root)' && stack[0]?.name !== place.name) stack.unshift(place);
    }
    return stack;
  };
  const stacks = new Map(nodes.map(({ id }) => [id, stackOf(id)]));
  const root: Frame = { name: 'all', kind: 'engine', ms: 0, calls: new Map() };
  for (const [index, id] of samples.entries()) {
    const ms = (timeDeltas[index] ?? 0) / 1000;
    const stack = stacks.get(id)!;
    if (stack.length === 0 || idle.has(stack.at(-1)!.name)) continue;
    let frame = root;
    frame.ms += ms;
    for (const { name, kind } of stack) {
      const next: Frame = frame.calls.get(name) ?? { name, kind, ms: 0, calls: new Map() };
      next.ms += ms;
      frame.calls.set(name, next);
      frame = next;
    }
  }
  return root;
}

function placeOf({ functionName, url }: { readonly functionName: string; readonly url: string }): {
  readonly name: string;
  readonly kind: Kind;
} {
  const [, packaged] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (packaged !== undefined) return { name: packaged, kind: 'package' };
  const [, own] = /\/src\/(.*)\.ts$/.exec(url) ?? [];
  if (own !== undefined) return { name: own, kind: 'own' };
  if (url.startsWith('node:')) return { name: url.replace(/^node:(internal\/)?_?/, ''), kind: 'node' };
  return { name: functionName || '(native)', kind: 'engine' };
}

/** Time spent in a place itself, whoever called it, ms, the most first. */
export function ownTimes(root: Frame): [name: string, ms: number][] {
  const times = new Map<string, number>();
  const add = (frame: Frame): void => {
    const below = [...frame.calls.values()];
    const own = frame.ms - below.reduce((sum, { ms }) => sum + ms, 0);
    times.set(frame.name, (times.get(frame.name) ?? 0) + own);
    below.forEach(add);
  };
  add(root);
  return [...times].sort(([, one], [, other]) => other - one);
}

const width = 1200;
const rowHeight = 17;
/** Narrower frames are left out, px. */
const narrowest = 1.5;
const characterWidth = 6.2;
const colours: Record<Kind, string> = {
  own: '#f4a261',
  package: '#8ecae6',
  node: '#b7e4c7',
  engine: '#dddddd',
};
const legend: readonly (readonly [Kind, string])[] = [
  ['own', 'this project'],
  ['package', 'packages'],
  ['node', 'Node'],
  ['engine', 'V8 and system calls'],
];

/** @param calls of which the profile was taken: times are shown a call */
export function renderFlame(root: Frame, title: string, calls: number): string {
  const boxes: string[] = [];
  let depth = 0;
  const draw = (frame: Frame, x: number, row: number): void => {
    const boxWidth = (frame.ms / root.ms) * width;
    if (boxWidth < narrowest) return;
    depth = Math.max(depth, row);
    boxes.push(box(frame, { x, row, boxWidth, calls }));
    let at = x;
    for (const child of [...frame.calls.values()].sort((one, other) => other.ms - one.ms)) {
      draw(child, at, row + 1);
      at += (child.ms / root.ms) * width;
    }
  };
  draw(root, 0, 0);
  const top = 56;
  const height = top + (depth + 1) * rowHeight + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="white"/>
<text x="4" y="18" font-size="15">${escaped(title)}</text>
${legend.map(([kind, words], index) => `<rect x="${4 + index * 160}" y="30" width="12" height="12" fill="${colours[kind]}"/><text x="${20 + index * 160}" y="40">${words}</text>`).join('\n')}
<g transform="translate(0 ${top})">
${boxes.join('\n')}
</g>
</svg>
`;
}

function box(
  { name, kind, ms }: Frame,
  { x, row, boxWidth, calls }: { x: number; row: number; boxWidth: number; calls: number },
): string {
  const fits = Math.floor((boxWidth - 6) / characterWidth);
  const short = name.slice(name.lastIndexOf('/') + 1);
  const label = short.length <= fits ? short : fits >= 4 ? `${short.slice(0, fits - 1)}…` : '';
  const y = row * rowHeight;
  const place = `x="${x.toFixed(1)}" y="${y}" width="${Math.max(boxWidth - 0.5, 0.5).toFixed(1)}" height="${rowHeight - 1}"`;
  const text = label === '' ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escaped(label)}</text>`;
  return `<g><title>${escaped(name)}: ${(ms / calls).toFixed(2)} ms a call</title><rect ${place} fill="${colours[kind]}"/>${text}</g>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
