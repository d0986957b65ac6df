/** Who is logged in, in the memory of this process. A real login side has sessions already. */
import { randomBytes } from 'node:crypto';
import type { Login } from './accounts.ts';

/** Enough to choose a password. */
export const sessionSeconds = 600;

const maxSessions = 10_000;

export class Sessions {
  /** The oldest first. */
  readonly #open = new Map<string, Login & { readonly endsAt: number }>();

  /** Returns the id, always a new one: an id that somebody planted in this browser opens nothing. */
  begin(login: Login): string {
    for (const [id, { endsAt }] of this.#open)
      if (endsAt <= performance.now() || this.#open.size >= maxSessions) this.#open.delete(id);
      else break;
    const id = randomBytes(24).toString('base64url');
    this.#open.set(id, { ...login, endsAt: performance.now() + sessionSeconds * 1000 });
    return id;
  }

  find(id: string): Login | null {
    const session = this.#open.get(id);
    return session !== undefined && session.endsAt > performance.now() ? session : null;
  }

  end(id: string): void {
    this.#open.delete(id);
  }
}
