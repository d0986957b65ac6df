/** What must be true after every call (docs/call-flow.md, "Invariants"), looked at from outside of the script. */
import { verifyPassword } from '../accounts/password-hash.ts';
import { soundOf } from '../call/prompts.ts';
import type { Reading } from './readings.ts';
import type { MemoryRegistry } from './memory-registry.ts';
import type { MemoryAccount } from './memory-rows.ts';

/** A promise, and whether this call kept it. */
export interface Invariant {
  /** `I1` and so on. */
  readonly name: string;
  readonly holds: boolean;
  readonly what: string;
}

/** What is known of a call that has ended. */
export interface EndedCall {
  readonly registry: MemoryRegistry;
  /** The hash of every account before the call, by its id. */
  readonly hashesBefore: ReadonlyMap<unknown, string>;
  /** E.164; null: no number that is believed. */
  readonly phone: string | null;
  /** Sounds in the order in which they began. */
  readonly heard: readonly string[];
  readonly readings: readonly Reading[];
  /** Whether it got as far as a branch of the application. */
  readonly reachedBranch: boolean;
  /** The longest time in which nothing was said and nothing keyed, and what a caller may have to bear, ms. */
  readonly silenceMs: number;
  readonly maxSilenceMs: number;
  /** Everything that the call left behind besides accounts: log, steps, rows. */
  readonly written: string;
  /** Codes that were keyed, and the caller's number in every form. */
  readonly secrets: readonly string[];
}

/** UUIDs and keyed hashes, which may have any digits. */
const idOrHash = /\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64})\b/g;

/** Looks at every promise. Their order is always the same. */
export async function checkInvariants(call: EndedCall): Promise<Invariant[]> {
  const { registry, readings, silenceMs, maxSilenceMs } = call;
  const changed = changedIn(call);
  const opens = await opensIn(call);
  const isWhole = readings[0]?.isWhole === true;
  const told = call.heard.includes(soundOf('changed'));
  const open = [...registry.resets.values()].filter(({ state }) => state === 'prepared');
  return [
    promise(
      'I1',
      'who is told "changed" can log in with the password that was heard',
      !told || (opens && isSameIn(readings)),
    ),
    promise(
      'I2',
      'a password is the old one, or one that was read to its end',
      changed.length === 0 || (opens && isWhole),
    ),
    promise(
      'I2',
      "nobody's account is touched but that of the caller's number",
      changed.every((account) => account.phone === call.phone),
    ),
    promise('I4', 'no reset is left open', open.length === 0),
    promise(
      'I5',
      'a call to a branch leaves one row of the audit log, which says whether the password changed',
      hasItsRow(call, changed.length > 0),
    ),
    promise(
      'I6',
      'no password, code or number stands in the log, the steps or the audit log',
      !tellsSecret(call),
    ),
    promise('I8', 'nobody waits in silence for longer than a key is waited for', silenceMs <= maxSilenceMs),
  ];
}

function promise(name: string, what: string, holds: boolean): Invariant {
  return { name, holds, what };
}

function changedIn({ registry, hashesBefore }: EndedCall): MemoryAccount[] {
  return registry.accounts.filter(({ id, passwordHash }) => hashesBefore.get(id) !== passwordHash);
}

/** Whether the first reading is the password of the one account that has changed. */
async function opensIn(call: EndedCall): Promise<boolean> {
  const [account, ...more] = changedIn(call);
  const [first] = call.readings;
  if (account === undefined || more.length > 0 || first === undefined) return false;
  return verifyPassword(account.passwordHash, first.digits);
}

function isSameIn(readings: readonly Reading[]): boolean {
  return readings.every(({ digits, isWhole }) => !isWhole || digits === readings[0]!.digits);
}

function hasItsRow({ registry, reachedBranch }: EndedCall, hasChanged: boolean): boolean {
  const { audit: rows } = registry;
  return rows.length === (reachedBranch ? 1 : 0) && (rows[0]?.outcome === 'changed') === hasChanged;
}

function tellsSecret({ written, secrets, readings }: EndedCall): boolean {
  const searched = written.replaceAll(idOrHash, '');
  const all = [...secrets, ...readings.map(({ digits }) => digits)];
  return all.some((secret) => secret.length >= 6 && searched.includes(secret));
}
