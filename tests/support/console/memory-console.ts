/** The console's ports without a database: a few users, calls and figures, and what was asked of them. */
import { createLogger } from '../../../src/logger.ts';
import type { ConsoleParts, PromptPort } from '../../../src/console/parts.ts';
import type { AccountBlock, BlockAnswer, BlockChange } from '../../../src/registry/account-blocks.ts';
import type { PersonCodes } from '../../../src/registry/account-codes.ts';
import type { ConsoleUser, OpenSession, Role, SessionContent } from '../../../src/registry/console-users.ts';
import type { Live } from '../../../src/registry/live-figures.ts';
import type { OfficerAct } from '../../../src/registry/officer-acts.ts';
import { RegistryUnavailable } from '../../../src/registry/registry-unavailable.ts';
import type { ShownCall } from '../../../src/registry/shown-call.ts';
import { shippedScript } from '../fakes/shipped-script.ts';
import { sampleCalls, sampleFigures, sampleLive } from './samples.ts';

/** Of every user here. */
export const consolePassword = 'bốn con mèo ngồi';

export class MemoryConsole {
  readonly acts: OfficerAct[] = [];
  readonly sessions = new Map<string, SessionContent>();
  readonly roles = new Map<string, Role>([
    ['xem', 'viewer'],
    ['lan', 'officer'],
    ['admin', 'admin'],
  ]);
  readonly disabled = new Set<string>();
  #changes = 0; // each has a time of its own
  readonly blocks = new Map<string, AccountBlock>([
    ['0123456789', { state: 'allowed', since: null, by: null, reason: null }],
  ]);
  /** Codes besides the first one, with the first. */
  readonly otherCodes = new Map([['012345678901', '0123456789']]);
  readonly filters: unknown[] = [];
  calls: ShownCall[] = sampleCalls();
  liveFigures: Live = sampleLive();
  /** Every port rejects as if the database were unreachable. */
  isAway = false;
  /** What *Now* reads does, and nothing else. */
  isLiveAway = false;
  /** Why an act cannot be recorded. */
  refuseActs: Error | null = null;
  /** None, unless a test brings some. */
  prompts: PromptPort = noPrompts();
  drains = 0;
  isFeeSaid: boolean | null = false;
  touched = 0;

  parts(): ConsoleParts {
    return {
      logger: createLogger({ level: 'error', format: 'pretty' }),
      hashKeys: ['a1'.repeat(32), 'b2'.repeat(32)],
      process: {
        instanceId: 'c0ffee00-0000-4000-8000-000000000001',
        node: 'pbx-1',
        hasGateway: true,
        callsUnderWay: () => [
          {
            callId: '11111111-1111-4111-8111-111111111111',
            maskedPhone: '+84***5678',
            sinceMs: 12_345,
            step: { atMs: 12_000, kind: 'says', detail: 'enter-code-10' },
          },
        ],
        states: () =>
          Promise.resolve([
            { part: 'ari', state: 'up' },
            { part: 'ami', state: 'up' },
            { part: 'trunk', state: 'unknown' },
            {
              part: 'database',
              state: this.isAway ? 'down' : 'up',
              ...(this.isAway && { why: 'no answer' }),
            },
          ]),
        secondsLeft: () => (this.drains > 0 ? 180 : null),
        drain: () => void this.drains++,
      },
      prompts: this.prompts,
      readScript: () => Promise.resolve({ ...shippedScript, isFeeSaid: this.isFeeSaid }),
      passwords: { hash: (password) => Promise.resolve(`$argon2id$${password.length}`) },
      ...this.#ports(),
    };
  }

  #ports(): Pick<
    ConsoleParts,
    | 'users'
    | 'sessions'
    | 'signIn'
    | 'confirmPassword'
    | 'archive'
    | 'figures'
    | 'live'
    | 'blocks'
    | 'codes'
    | 'acts'
  > {
    const ask = <T>(answer: () => T): Promise<T> =>
      this.isAway ? Promise.reject(new RegistryUnavailable('no answer')) : Promise.resolve().then(answer);
    return {
      users: {
        addUser: ({ name, role }) => ask(() => !this.roles.has(name) && (this.roles.set(name, role), true)),
        listUsers: () => ask(() => [...this.roles].map(([name, role]) => this.#userOf(name, role))),
        disableUser: (name) => ask(() => (this.disabled.add(name), this.#endAll(name), true)),
        enableUser: (name) => ask(() => this.disabled.delete(name)),
        setRole: (name, role) => ask(() => (this.roles.set(name, role), true)),
        setPassword: (name, _hash, _by, kept) => ask(() => (this.#endAll(name, kept), true)),
        endSessionsOf: (name) => ask(() => this.#endAll(name) >= 0),
      },
      sessions: {
        readSession: (id) => ask(() => this.#openSession(id)),
        writeSession: (id, content) => ask(() => void this.sessions.set(id, content)),
        touchSession: () => ask(() => void this.touched++),
        endSession: (id) => ask(() => void this.sessions.delete(id)),
      },
      signIn: ({ name, password }) =>
        ask(() => {
          const role = this.roles.get(name);
          return role === undefined || password !== consolePassword || this.disabled.has(name)
            ? { kind: 'refused' as const }
            : { kind: 'signed-in' as const, user: { name, role, generation: 1 }, browser: 'known' };
        }),
      confirmPassword: ({ password }) =>
        ask(() => ({ kind: password === consolePassword ? ('right' as const) : ('refused' as const) })),
      archive: {
        list: (filter) => ask(() => (this.filters.push(filter), { calls: this.calls, next: null })),
        read: (callId) => ask(() => this.calls.find((call) => call.callId === callId) ?? null),
        nodes: () => ask(() => ['pbx-1', 'pbx-2']),
      },
      figures: { read: (range) => ask(() => sampleFigures(range)) },
      live: {
        read: () =>
          this.isLiveAway
            ? Promise.reject(new RegistryUnavailable('no answer'))
            : ask(() => this.liveFigures),
      },
      blocks: {
        readBlock: (code) => ask(() => this.blocks.get(this.#firstOf(code)) ?? null),
        setBlock: (change) => ask(() => this.#setBlock(change)),
      },
      codes: { readCodes: (code) => ask(() => this.#codesOf(code)) },
      acts: {
        recordAct: (act) =>
          this.refuseActs === null ? ask(() => void this.acts.push(act)) : Promise.reject(this.refuseActs),
      },
    };
  }

  #firstOf(code: string): string {
    return this.otherCodes.get(code) ?? code;
  }

  #codesOf(code: string): PersonCodes {
    const first = this.#firstOf(code);
    return [first, ...[...this.otherCodes].flatMap(([other, of]) => (of === first ? other : []))];
  }

  #setBlock({ bhxhCode: code, state, reason, user, codeKey, seen }: BlockChange): BlockAnswer {
    const bhxhCode = this.#firstOf(code);
    const now = this.blocks.get(bhxhCode);
    if (now !== undefined && now.since?.getTime() === seen?.getTime()) {
      this.blocks.set(bhxhCode, { state, since: new Date(++this.#changes), by: user, reason });
      return { kind: 'changed' };
    }
    this.acts.push({ user, what: { kind: 'looked at account' }, codeKey });
    return now === undefined ? { kind: 'no-account' } : { kind: 'changed-meanwhile', now };
  }

  #openSession(id: string): OpenSession | null {
    const content = this.sessions.get(id);
    if (content === undefined) return null;
    return { ...content, role: this.roles.get(content.user)!, isTouchDue: true };
  }

  #endAll(name: string, kept?: string): number {
    const own = [...this.sessions].filter(([id, { user }]) => user === name && id !== kept);
    for (const [id] of own) this.sessions.delete(id);
    return own.length;
  }

  #userOf(name: string, role: Role): ConsoleUser {
    const began = new Date('2026-11-01T02:00:00Z');
    return {
      ...{ name, role, createdAt: began, passwordChangedAt: began, lastSignInAt: null },
      disabledAt: this.disabled.has(name) ? began : null,
      openSessions: [...this.sessions.values()].filter(({ user }) => user === name).length,
    };
  }
}

function noPrompts(): PromptPort {
  const none = () => Promise.resolve(undefined);
  const refuse = () => Promise.reject(new Error('this console has no prompts'));
  return {
    ...{ list: () => Promise.resolve([]), read: () => Promise.resolve(null), samples: none, wav: none },
    ...{ make: refuse, keep: refuse, putLive: () => Promise.resolve(false), lengthMs: () => 0 },
    state: () => Promise.resolve({ kind: 'plays', hasSox: true, live: '/var/lib/hotline/recordings/live' }),
  };
}
