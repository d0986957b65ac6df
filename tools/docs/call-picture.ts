/** From ways through a call to one picture (Mermaid, which GitHub and GitLab draw). */
import type { Step } from './trace.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
  /** Empty: the one follows the other. */
  readonly led: string;
  /** After how many entries, or silences, it was taken. */
  readonly counts: Set<number>;
}

/** A box: prompts that are always heard in one go. */
type Box = string[];

/**
 * Draws all paths as one flow chart.
 *
 * @param texts what a box says for each prompt, line by line
 */
export function drawPaths(paths: readonly (readonly Step[])[], texts: (prompt: string) => string[]): string {
  const edges = paths.reduce(addPath, []);
  const boxes = joinPrompts(edges);
  const boxOf = new Map(boxes.flatMap((box) => box.map((prompt) => [prompt, box] as const)));
  const lines = boxes.map((box) => `  ${idOf(box)}["${box.flatMap(texts).map(escape).join('<br/>')}"]`);
  const arrows = edges
    .filter(({ from, to, led }) => led !== '' || boxOf.get(from) !== boxOf.get(to))
    .map((edge) => `  ${idOf(boxOf.get(edge.from)!)} -->${label(edge, edges)} ${idOf(boxOf.get(edge.to)!)}`);
  return ['flowchart TD', ...lines, ...arrows].join('\n');
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
    // Last words that simply follow belong to the box before: a single one would draw all arrows to itself.
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

/** Prompts that nothing parts, in one box: each is all that follows the one before, and follows nothing else. */
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

/** What led there; with its number where the same leads elsewhere at another time. */
function label({ from, to, led, counts }: Edge, edges: readonly Edge[]): string {
  const alike = edges.some((edge) => edge.from === from && edge.to !== to && edge.led === led);
  const times = [...counts].sort().map((count) => ['1st', '2nd', '3rd'][count - 1] ?? `${count}th`);
  const time = alike ? `${times.join(' or ')} ${led === '' ? 'entry' : 'time'}` : '';
  const text = [led, time].filter((part) => part !== '').join(', ');
  return text === '' ? '' : `|"${escape(text)}"|`;
}

const idOf = ([first]: Box): string => first!.replaceAll(/\W/g, '_');
/** Mermaid reads `#` and `"` itself. */
const escape = (text: string): string => text.replaceAll('#', '#35;').replaceAll('"', '#quot;');
