/**
 * What the application really holds: its memory after a garbage collection, which it is asked for
 * over Node's inspector. Resident memory alone tells a leak from a heap that was not yet swept only
 * after many waves: it wandered by 25 MB between waves that left nothing behind.
 */
import { until } from '../../tests/support/until.ts';

/** Where Node's inspector listens after SIGUSR1; free in a private network. */
const inspector = 'http://127.0.0.1:9229/json/list';

/** Of the commands sent so far. */
let ids = 0;

/** MB. `live`: what JavaScript still refers to, in the heap and outside; `resident`: what the machine has given. */
export interface Memory {
  readonly live: number;
  readonly resident: number;
}

/** Collects the garbage of Node's process `pid`, and measures. Opens its inspector if it is not open. */
export async function liveMemory(pid: number): Promise<Memory> {
  const socket = new WebSocket(await inspectorUrl(pid));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener(
      'error',
      () => reject(new Error(`the inspector of process ${pid} refuses its WebSocket`)),
      { once: true },
    );
  });
  try {
    await ask(socket, 'HeapProfiler.collectGarbage', {});
    const answer = await ask(socket, 'Runtime.evaluate', {
      expression: 'process.memoryUsage()',
      returnByValue: true,
    });
    const { heapUsed, external, rss } = (answer as { result: { value: NodeJS.MemoryUsage } }).result.value;
    return { live: megabytes(heapUsed + external), resident: megabytes(rss) };
  } finally {
    socket.close();
  }
}

async function inspectorUrl(pid: number): Promise<string> {
  process.kill(pid, 'SIGUSR1');
  await until(() =>
    fetch(inspector).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const [{ webSocketDebuggerUrl }] = (await (await fetch(inspector)).json()) as [
    { webSocketDebuggerUrl: string },
  ];
  return webSocketDebuggerUrl;
}

/** One command of the inspector's protocol; nothing else is under way on this socket. */
function ask(socket: WebSocket, method: string, params: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(
      'close',
      () => reject(new Error(`the inspector closed before it answered ${method}`)),
      { once: true },
    );
    socket.addEventListener('message', ({ data }) => {
      const { id, result, error } = JSON.parse(String(data)) as {
        id?: number;
        result?: unknown;
        error?: { message: string };
      };
      if (id !== ids) return; // an event, or the answer before
      if (error) reject(new Error(`the inspector refuses ${method}: ${error.message}`));
      else resolve(result);
    });
    socket.send(JSON.stringify({ id: ++ids, method, params }));
  });
}

const megabytes = (bytes: number) => Math.round(bytes / 1024 / 102.4) / 10;
