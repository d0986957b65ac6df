/** Samples where a Node process spends its time, through the inspector that SIGUSR1 opens in it (nodejs.org/api/debugger.html). */
import { setTimeout as pause } from 'node:timers/promises';
import type { Profiler as Inspector } from 'node:inspector';
import { WebSocket } from 'ws';

export type CpuProfile = Inspector.Profile;

/** The port that Node opens; in the private network of a run it is nobody else's. */
const inspectorUrl = 'http://127.0.0.1:9229/json/list';
/** Between two samples, µs. */
const interval = 500;

/** Starts sampling the main thread of a process. Call the result to end it. */
export async function startProfile(pid: number): Promise<() => Promise<CpuProfile>> {
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await debuggerUrl(), { maxPayload: 2 ** 30, perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map<number, (result: unknown) => void>();
  socket.on('message', (message: Buffer) => {
    const { id, result } = JSON.parse(message.toString()) as { id: number; result: unknown };
    waiting.get(id)?.(result);
  });
  const ask = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve) => {
      const id = waiting.size + 1;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
  await ask('Profiler.enable');
  await ask('Profiler.setSamplingInterval', { interval });
  await ask('Profiler.start');
  return async () => {
    const { profile } = (await ask('Profiler.stop')) as { profile: CpuProfile };
    socket.close();
    return profile;
  };
}

/** Node opens the port a moment after the signal. */
async function debuggerUrl(): Promise<string> {
  for (;;) {
    const answer = await fetch(inspectorUrl).catch(() => null);
    if (answer !== null) {
      const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[];
      return target!.webSocketDebuggerUrl;
    }
    await pause(50);
  }
}
