/**
 * What the application really holds: its memory after a garbage collection, which Node's inspector
 * triggers. Resident memory alone distinguishes a leak from an unswept heap only after many waves: it
 * varied by 25 MB between waves that left nothing behind.
 */
import { until } from '../../tests/support/until.ts';

/** Where Node's inspector listens after SIGUSR1. In a private network that port is free. */
const inspector = 'http://127.0.0.1:9229/json/list';

/** Id of the last command sent. */
let ids = 0;

export interface Memory {
  /** What JavaScript still refers to, in the heap and outside it, MB. */
  readonly live: number;
  /** What the process occupies, MB. */
  readonly resident: number;
  /** Timers, and sockets and other things that Node waits for. */
  readonly timers: number;
  readonly handles: number;
}

/** What is asked inside the process. */
interface Held extends NodeJS.MemoryUsage {
  readonly resources: readonly string[];
}

/**
 * Collects garbage in the Node process `pid`, then measures its memory. Opens its inspector if it
 * is not open.
 */
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
      expression: '({ ...process.memoryUsage(), resources: process.getActiveResourcesInfo() })',
      returnByValue: true,
    });
    const { heapUsed, external, rss, resources } = (answer as { result: { value: Held } }).result.value;
    const timers = resources.filter((name) => name === 'Timeout' || name === 'Immediate').length;
    return {
      ...{ live: megabytes(heapUsed + external), resident: megabytes(rss) },
      ...{ timers, handles: resources.length - timers },
    };
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

/** Sends one command of the inspector's protocol. No other may be in progress on this socket. */
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
      if (id !== ids) return; // an event, or an earlier answer
      if (error) reject(new Error(`the inspector refuses ${method}: ${error.message}`));
      else resolve(result);
    });
    socket.send(JSON.stringify({ id: ++ids, method, params }));
  });
}

const megabytes = (bytes: number) => Math.round(bytes / 1024 / 102.4) / 10;
