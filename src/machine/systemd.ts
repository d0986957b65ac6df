/**
 * Tells systemd, where it started this process, how the service is: `Type=notify` and `WatchdogSec=`
 * (sd_notify(3), tools/deb/files/hotline.service).
 */
import { execFile } from 'node:child_process';

/** What systemd gives to a service that is to tell it (sd_notify(3), sd_watchdog_enabled(3)). */
export interface SystemdEnvironment {
  readonly NOTIFY_SOCKET?: string | undefined;
  /** Within which time it wants to hear from us, µs. */
  readonly WATCHDOG_USEC?: string | undefined;
  readonly PATH?: string | undefined;
}

export class Systemd {
  readonly #environment: SystemdEnvironment;

  /** Without NOTIFY_SOCKET nothing is told to anybody. */
  constructor(environment: SystemdEnvironment) {
    this.#environment = environment;
  }

  /** Whether it has started this process and wants to be told. */
  get isThere(): boolean {
    return this.#environment.NOTIFY_SOCKET !== undefined;
  }

  /** A caller would be served. */
  ready(): void {
    this.#tell('READY=1', 'STATUS=taking calls');
  }

  /** What the service is waiting for, for `systemctl status`. */
  waitingFor(what: 'Asterisk' | 'the database'): void {
    this.#tell(`STATUS=waiting for ${what}`);
  }

  /** No more calls are taken; running ones are finished. */
  stopping(): void {
    this.#tell('STOPPING=1', 'STATUS=finishing running calls');
  }

  /** From now on the event loop reports itself, three times as often as systemd asks. @returns undefined if it does not ask */
  startWatchdog(): NodeJS.Timeout | undefined {
    const { NOTIFY_SOCKET, WATCHDOG_USEC } = this.#environment;
    if (NOTIFY_SOCKET === undefined || WATCHDOG_USEC === undefined) return undefined;
    return setInterval(() => this.#tell('WATCHDOG=1'), Number(WATCHDOG_USEC) / 1000 / 3).unref();
  }

  /** By systemd's own program: Node has no datagram sockets for local addresses. A message that is lost is no fault. */
  #tell(...states: readonly string[]): void {
    const { NOTIFY_SOCKET, PATH } = this.#environment;
    if (NOTIFY_SOCKET === undefined) return;
    execFile('systemd-notify', states, { env: { NOTIFY_SOCKET, PATH } }, () => undefined);
  }
}
