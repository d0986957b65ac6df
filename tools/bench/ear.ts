/**
 * Holds the port of the load's phones open without ever reading it, as a thread of load.ts. The kernel drops what does
 * not fit into the full socket, for next to nothing, and answers no packet as unreachable; capture.ts sees them all. Of
 * two UDP sockets at one address Linux gives packets to the one that was bound last.
 */
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';

const { address, port } = workerData as { address: string; port: number };
const socket = createSocket({ type: 'udp4', reuseAddr: true });
socket.bind(port, address, () => {
  parentPort!.postMessage('bound');
  // From here on nothing in this thread runs again; the message above has left it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
