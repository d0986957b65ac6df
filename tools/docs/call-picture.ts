/** From the paths through a call to one picture: a flow chart (Mermaid, which GitHub and GitLab draw) or a table. */
import type { Step } from './trace.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
  /** What the caller did or the registry said in between; empty: the one follows the other. */
  readonly led: string;
  /** After how many attempts, or silences, it was taken. */
  readonly counts: Set<number>;
}

/** Prompts that are always heard one after the other. */
type Box = string[];

/**
 * Draws all paths as one flow chart.
 *
 * @param texts what a box says for each prompt, line by line
 */
export function drawPaths(paths: readonly (readonly Step[])[], texts: (prompt: string) => string[]): string {
  const { boxes, arrows } = connect(paths);
  const lines = boxes.map((box) => `  ${idOf(box)}["${box.flatMap(texts).map(escape).join('<br/>')}"]`);
  const links = arrows.map(({ from, to, label }) => {
    const words = label === '' ? '' : `|"${escape(label)}"|`;
    return `  ${idOf(from)} -->${words} ${idOf(to)}`;
  });
  return ['flowchart TD', ...lines, ...links].join('\n');
}

/**
 * Writes all paths as a table: a row for each box, with what follows it.
 *
 * @param text what a box says for each prompt
 */
export function tabulatePaths(paths: readonly (readonly Step[])[], text: (prompt: string) => string): string {
  const { boxes, arrows } = connect(paths);
  const rows = boxes.map((box) => {
    const next = arrows
      .filter(({ from }) => from === box)
      .map(({ to, label }) => `${label === '' ? '' : `${label}: `}\`${to[0]}\``);
    return `| \`${box[0]}\` | ${box.map(text).join(' ')} | ${next.join('; ') || 'end'} |`;
  });
  return ['| prompt | the caller hears | what follows |', '|---|---|---|', ...rows].join('\n');
}

/** The boxes of all paths, and the arrows between them. */
function connect(paths: readonly (readonly Step[])[]): {
  boxes: Box[];
  arrows: { from: Box; to: Box; label: string }[];
} {
  const edges = paths.reduce(addPath, []);
  const boxes = joinPrompts(edges);
  const boxOf = new Map(boxes.flatMap((box) => box.map((prompt) => [prompt, box] as const)));
  const arrows = edges
    .filter(({ from, to, led }) => led !== '' || boxOf.get(from) !== boxOf.get(to))
    .map((edge) => ({ from: boxOf.get(edge.from)!, to: boxOf.get(edge.to)!, label: labelOf(edge, edges) }));
  return { boxes, arrows };
}

function addPath(edges: Edge[], path: readonly Step[]): Edge[] {
  let from: string | undefined;
  let led = '';
  let count = 0;
  for (const step of path) {
    if ('led' in step) {
      ({ led, count } = step);
      continue;
    }
    // Last words that simply follow belong to the box before: a single box would draw all arrows to itself.
    const heard: string = step.heard === 'goodbye' && led === '' ? `goodbye after ${from}` : step.heard;
    if (from !== undefined) addEdge(edges, from, heard, led, count);
    from = heard;
    led = '';
  }
  return edges;
}

function addEdge(edges: Edge[], from: string, to: string, led: string, count: number): void {
  const known = edges.find((edge) => edge.from === from && edge.to === to && edge.led === led);
  if (known === undefined) edges.push({ from, to, led, counts: new Set([count]) });
  else known.counts.add(count);
}

/** Puts a prompt into the box of the one before it, if only that one leads to it and leads nowhere else. */
function joinPrompts(edges: readonly Edge[]): Box[] {
  const boxes: Box[] = [];
  for (const prompt of new Set(edges.flatMap(({ from, to }) => [from, to]))) {
    const before = edges.filter(({ to }) => to === prompt);
    const [only] = before;
    const joins =
      before.length === 1 && only?.led === '' && edges.filter(({ from }) => from === only.from).length === 1;
    const box = joins ? boxes.find((box) => box.at(-1) === only.from) : undefined;
    if (box === undefined) boxes.push([prompt]);
    else box.push(prompt);
  }
  return boxes;
}

/** What led there; numbered where the same leads elsewhere another time. */
function labelOf({ from, to, led, counts }: Edge, edges: readonly Edge[]): string {
  const alike = edges.some((edge) => edge.from === from && edge.to !== to && edge.led === led);
  const times = [...counts].sort().map((count) => ['1st', '2nd', '3rd'][count - 1] ?? `${count}th`);
  const time = alike ? `${times.join(' or ')} ${led === '' ? 'attempt' : 'time'}` : '';
  return [led, time].filter((part) => part !== '').join(', ');
}

const idOf = ([first]: Box): string => first!.replaceAll(/\W/g, '_');
/** Mermaid gives `#` and `"` a meaning of their own. */
const escape = (text: string): string => text.replaceAll('#', '#35;').replaceAll('"', '#quot;');
