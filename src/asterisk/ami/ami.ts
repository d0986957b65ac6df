/** A session at Asterisk's manager interface: log in, send actions, read their responses. */
import createManager, { type AmiPacket, type Manager } from 'asterisk-manager';
import { ExpectedError } from '../../expected-error.ts';
import pTimeout from 'p-timeout';

/** How to reach Asterisk's manager interface (AMI, manager.conf). */
export interface AmiOptions {
  host: string;
  port: number;
  username: string;
  password: string;
  /** Longest wait for the login, and for each action. Default 5000 ms. */
  deadlineMs?: number;
}

/** The manager interface refused, failed or did not answer in time. The message holds no password. */
export class AmiFailed extends ExpectedError {
  override readonly name = 'AmiFailed';
}

/** Removes line breaks, which would let a value add headers or whole actions of its own. */
export function withoutLineBreaks(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}

/** Runs `use` in a session of its own. @throws AmiFailed */
export async function withAmi<T>(options: AmiOptions, use: (ami: Ami) => Promise<T>): Promise<T> {
  const ami = await Ami.connect(options);
  try {
    return await use(ami);
  } finally {
    ami.close();
  }
}

/**
 * A logged-in manager session, for what ARI does not offer. No call depends on it.
 *
 * asterisk-manager 0.2.0 sends line breaks in values unchanged, never sends actions of a session that
 * is not logged in, and never settles those under way when the connection ends. Values are therefore
 * cleaned, the login is awaited, and every action has a deadline and fails with the connection.
 */
export class Ami {
  readonly #manager: Manager;
  readonly #deadlineMs: number;
  /** Aborted with an AmiFailed when the connection is lost. */
  readonly #lost: AbortSignal;
  #actions = 0;

  private constructor(manager: Manager, lost: AbortSignal, deadlineMs: number) {
    this.#manager = manager;
    this.#lost = lost;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Connects and logs in.
   *
   * @throws AmiFailed, whose message says what to check
   */
  static async connect({ host, port, username, password, deadlineMs = 5000 }: AmiOptions): Promise<Ami> {
    const manager = createManager(undefined, host, withoutLineBreaks(username), withoutLineBreaks(password));
    const at = `the manager interface at ${host}:${port}`;
    const lost = new AbortController();
    manager.on('error', (error) => lost.abort(new AmiFailed(`${at} cannot be reached: ${error.message}`)));
    manager.on('close', () => lost.abort(new AmiFailed(`${at} closed the connection`)));
    const ami = new Ami(manager, lost.signal, deadlineMs);
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
   * Sends one action and returns Asterisk's response.
   *
   * @param fields `Action` and its headers
   * @throws AmiFailed with Asterisk's own message, or if no response comes in time
   */
  async action(fields: Readonly<Record<string, string>>): Promise<AmiPacket> {
    return this.#inTime(
      `${fields['Action']} was not answered`,
      (resolve, reject) => void this.#send(fields, resolve, reject),
    );
  }

  /** As {@link action}, for an action whose response is a list; returns its entries. */
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
    // The library makes ids from the clock: the entries of a list could share one with the next action.
    clean['actionid'] = `hotline-${++this.#actions}`;
    return this.#manager.action(clean, (error, response) => {
      if (error) reject(new AmiFailed(`${fields['Action']}: ${String(error['message'])}`));
      else resolve(response);
    });
  }

  /** Runs `start`; resolves or rejects as it says, at the deadline, or when the connection is lost. */
  async #inTime<T>(
    late: string,
    start: (resolve: (value: T) => void, reject: (error: AmiFailed) => void) => void,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    start(resolve, reject);
    return pTimeout(promise, {
      milliseconds: this.#deadlineMs,
      message: new AmiFailed(`${late} within ${this.#deadlineMs} ms`),
      signal: this.#lost,
    });
  }
}
