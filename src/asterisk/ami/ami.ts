import createManager, { type AmiPacket, type Manager } from 'asterisk-manager';
import { ExpectedError } from '../../expected-error.ts';

/** How to reach Asterisk's manager interface (AMI, manager.conf). */
export interface AmiOptions {
  host: string;
  port: number;
  username: string;
  password: string;
  /** Longest wait for the login, and for each action. Default 5000 ms. */
  deadlineMs?: number;
}

/** The manager interface refused, failed or did not answer in time. Holds no password. */
export class AmiFailed extends ExpectedError {
  override readonly name = 'AmiFailed';
}

/** A line of its own would be a header, and further an action, of its own: such breaks are removed. */
export function withoutLineBreaks(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}

/**
 * A logged-in manager session, for what ARI does not give. Never on a call's path.
 *
 * asterisk-manager 0.2.0 sends line breaks in a value as they are, keeps actions of a session that
 * is not logged in for ever, and forgets those under way when the connection ends. So values are
 * cleaned, the login is awaited, and every action has a deadline and ends with the connection.
 */
export class Ami {
  readonly #manager: Manager;
  readonly #deadlineMs: number;
  readonly #lost: Promise<never>;
  #actions = 0;

  private constructor(manager: Manager, lost: Promise<never>, deadlineMs: number) {
    this.#manager = manager;
    this.#lost = lost;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Connects and logs in.
   *
   * @throws AmiFailed saying what to check.
   */
  static async connect({ host, port, username, password, deadlineMs = 5000 }: AmiOptions): Promise<Ami> {
    const manager = createManager(undefined, host, withoutLineBreaks(username), withoutLineBreaks(password));
    const at = `the manager interface at ${host}:${port}`;
    const { promise: lost, reject } = Promise.withResolvers<never>();
    lost.catch(() => undefined);
    manager.on('error', (error) => reject(new AmiFailed(`${at} cannot be reached: ${error.message}`)));
    manager.on('close', () => reject(new AmiFailed(`${at} closed the connection`)));
    const ami = new Ami(manager, lost, deadlineMs);
    try {
      await ami.#inTime<void>(`${at} did not answer`, (resolve) => {
        manager.on('connect', resolve);
        manager.connect(port, host);
      });
      await ami.#inTime<void>(`${at} did not answer the login`, (resolve, reject) =>
        manager.login((error) =>
          error
            ? reject(new AmiFailed(`${at} refused user ${username}: check AMI_USERNAME and AMI_PASSWORD`))
            : resolve(),
        ),
      );
    } catch (error) {
      ami.close();
      throw error;
    }
    return ami;
  }

  /**
   * Does one action and returns Asterisk's response.
   *
   * @param fields `Action` and its headers
   * @throws AmiFailed with Asterisk's own message, or when there is no answer in time.
   */
  async action(fields: Readonly<Record<string, string>>): Promise<AmiPacket> {
    return this.#inTime(
      `${fields['Action']} was not answered`,
      (resolve, reject) => void this.#send(fields, resolve, reject),
    );
  }

  /** As {@link action}, for one that is answered by a list: returns its entries. */
  async list(fields: Readonly<Record<string, string>>): Promise<AmiPacket[]> {
    const entries: AmiPacket[] = [];
    let collect: ((event: AmiPacket) => void) | undefined;
    try {
      return await this.#inTime(`${fields['Action']} was not answered in full`, (resolve, reject) => {
        const id = this.#send(fields, () => undefined, reject);
        collect = (event) => {
          if (event['actionid'] !== id) return;
          if (event['eventlist'] === 'Complete') resolve(entries);
          else entries.push(event);
        };
        this.#manager.on('managerevent', collect);
      });
    } finally {
      if (collect !== undefined) this.#manager.removeListener('managerevent', collect);
    }
  }

  /** Ends the session; actions under way fail. */
  close(): void {
    this.#manager.disconnect();
  }

  #send(
    fields: Readonly<Record<string, string>>,
    resolve: (response: AmiPacket) => void,
    reject: (error: AmiFailed) => void,
  ): string {
    const clean = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [withoutLineBreaks(name), withoutLineBreaks(value)]),
    );
    // Its own ids are the clock's, and an answer that is a list shares one with the next action.
    clean['actionid'] = `hotline-${++this.#actions}`;
    return this.#manager.action(clean, (error, response) => {
      if (error) reject(new AmiFailed(`${fields['Action']}: ${String(error['message'])}`));
      else resolve(response);
    });
  }

  /** Settles with `start`'s promise, or rejects at the deadline or when the connection ends. */
  async #inTime<T>(
    late: string,
    start: (resolve: (value: T) => void, reject: (error: AmiFailed) => void) => void,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(
      () => reject(new AmiFailed(`${late} within ${this.#deadlineMs} ms`)),
      this.#deadlineMs,
    );
    try {
      start(resolve, reject);
      return await Promise.race([promise, this.#lost]);
    } finally {
      clearTimeout(timer);
    }
  }
}
