/**
 * Loaded before the application (`NODE_OPTIONS=--import …`). On SIGUSR2 its clock jumps by the
 * milliseconds in HOTLINE_CLOCK_FILE.
 */
import { readFileSync } from 'node:fs';

const now = Date.now.bind(Date);
const RealDate = Date;
let shiftMs = 0;

const file = process.env['HOTLINE_CLOCK_FILE'];
if (file !== undefined && process.argv[2] === 'serve') {
  process.on('SIGUSR2', () => (shiftMs += Number(readFileSync(file, 'utf8'))));
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values: []) =>
      values.length === 0 ? new target(now() + shiftMs) : new target(...values),
    get: (target, name, receiver) =>
      name === 'now' ? () => now() + shiftMs : (Reflect.get(target, name, receiver) as unknown),
  });
}
