/**
 * Loaded before the application (`NODE_OPTIONS=--import …`), for faults that can only be made inside it.
 * On SIGUSR2 it does what HOTLINE_FAULT_FILE says: its clock jumps, or its event loop stands still.
 */
import { readFileSync } from 'node:fs';

/** What the file holds, as JSON; ms. */
export type InsideFault = { readonly jumpMs: number } | { readonly blockMs: number };

const now = Date.now.bind(Date);
const RealDate = Date;
let shiftMs = 0;

const file = process.env['HOTLINE_FAULT_FILE'];
if (file !== undefined && process.argv[2] === 'serve') {
  process.on('SIGUSR2', () => {
    const fault = JSON.parse(readFileSync(file, 'utf8')) as InsideFault;
    if ('jumpMs' in fault) shiftMs += fault.jumpMs;
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fault.blockMs);
  });
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values: []) =>
      values.length === 0 ? new target(now() + shiftMs) : new target(...values),
    get: (target, name, receiver) =>
      name === 'now' ? () => now() + shiftMs : (Reflect.get(target, name, receiver) as unknown),
  });
}
