/** Captures the sound that callers receive and the keys they send, with the kernel's times, by tcpdump. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { endWithUs } from '../../tests/support/machine/end-with-us.ts';
import { readProcess } from './processor-time.ts';

/** Of Asterisk where it takes any number of calls (bench.ts); as it ships, its ports end at 10999. */
export const lastRtpPort = 14_999;
/** Bytes of a packet's sound that are kept: enough to tell any two frames of the recordings apart. */
export const keptBytes = 80;
/** Ethernet, IP, UDP and RTP come before it. */
const headerBytes = 14 + 20 + 8 + 12;
/** What Asterisk sends to the phones, and the telephone events of the phones; of RTCP nothing (RFC 5761, 4). */
const ports = `portrange 10000-${lastRtpPort}`;
const filter = `udp and ((dst host 127.0.0.2 and src ${ports} and udp[9] & 0x7f < 64) or (src host 127.0.0.2 and dst ${ports} and udp[9] & 0x7f = 101))`;

export class Capture {
  readonly #child: ChildProcess;
  readonly #said: Promise<string>;

  private constructor(child: ChildProcess, said: Promise<string>) {
    this.#child = child;
    this.#said = said;
  }

  /** Resolves when it captures. Needs root. */
  static async start(file: string): Promise<Capture> {
    const size = String(headerBytes + keptBytes);
    const words = ['-i', 'lo', '-n', '-p', '-Z', 'root', '-B', '32768', '-s', size, '-w', file, filter];
    const [program = '', ...rest] = endWithUs(['tcpdump', ...words]);
    const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    await Promise.race([once(child.stderr, 'readable'), once(child, 'exit')]);
    return new Capture(child, text(child.stderr));
  }

  /** @returns the processor time that it took, ms @throws Error if it lost packets: nothing can be said of the run */
  async stop(): Promise<number> {
    const { pid = 0 } = this.#child;
    const cpuMs = readProcess(pid);
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    const said = await this.#said;
    const lost = /(\d+) packets dropped by kernel/.exec(said)?.[1];
    if (lost !== '0')
      throw new Error(`tcpdump lost packets, so the run is void; lower RATE. It says:\n${said}`);
    return cpuMs;
  }
}
