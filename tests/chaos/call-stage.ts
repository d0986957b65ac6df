/** Places the calls of a trial, lets the fault strike, and looks at what came of it. */
import { rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { hashPassword, verifyPassword } from '../../src/accounts/password-hash.ts';
import type { ScriptedCall } from '../../src/caller/scripted-call.ts';
import { closeRegistryDatabase, registryDatabase } from '../support/citizens.ts';
import { kill, processOf, whenHealthy } from '../support/hotline-under-test.ts';
import { callFrom } from '../support/phone-call.ts';
import type { AriProxy } from './ari-proxy.ts';
import { steps, type CallFault, type CallTrial, type Step } from './call-trial.ts';
import { spokenPassword, violations, type CallSeen, type Violation } from './checker.ts';
import type { DatabaseProxy } from './database-proxy.ts';

export interface CallResult {
  readonly trial: CallTrial;
  readonly struck: boolean;
  readonly violations: readonly Violation[];
  /** By caller. */
  readonly heard: readonly (readonly string[])[];
  /** Outcomes on record, oldest first. */
  readonly outcomes: readonly string[];
}

interface Caller {
  readonly accountId: number;
  readonly code: string;
  readonly phone: string;
  readonly masked: string;
  call: ScriptedCall | undefined;
}

const oldPassword = '00000000';
const longestCallMs = 75_000;

export class CallStage {
  readonly #ari: AriProxy;
  readonly #database: DatabaseProxy;
  readonly #directory: string;
  readonly #clockFile: string;
  readonly #oldHash = hashPassword(oldPassword);
  #citizens = 0;
  /** Rows of the audit log up to this one belong to earlier trials. */
  #firstRow = 0;

  constructor(parts: { ari: AriProxy; database: DatabaseProxy; directory: string; clockFile: string }) {
    this.#ari = parts.ari;
    this.#database = parts.database;
    this.#directory = parts.directory;
    this.#clockFile = parts.clockFile;
  }

  async run(trial: CallTrial): Promise<CallResult> {
    await whenHealthy();
    const [[before]] = await registryDatabase().query<({ id: number } & RowDataPacket)[]>('SELECT COALESCE(MAX(id), 0) AS id FROM audit_log');
    this.#firstRow = before!.id;
    const callers = await Promise.all(trial.leaveAt.map(() => this.#newCaller()));
    let strike: Promise<void> | undefined;
    const strikes = () => void (strike ??= this.#strike(trial.fault));
    await Promise.all(
      callers.map((caller, index) => this.#place(caller, trial.leaveAt[index] ?? null, index === 0 ? { at: trial.step, act: strikes } : undefined)),
    );
    const struck = strike !== undefined;
    await strike;
    this.#ari.restart();
    this.#database.restart();
    const recovered = await whenHealthy().then(
      () => true,
      () => false,
    );
    const heard = callers.map(({ call }) => soundsOf(call));
    const found = recovered
      ? await this.#check(callers, heard)
      : { violations: [{ invariant: 'recovery', what: 'not healthy within 30 s' } as const], outcomes: [] };
    return { trial, struck, heard, ...found };
  }

  async close(): Promise<void> {
    await closeRegistryDatabase();
  }

  /** A phone whose masked form no other caller of this run has. */
  async #newCaller(): Promise<Caller> {
    const number = String(this.#citizens++).padStart(4, '0');
    const phone = `091${number[0]}${String(Math.floor(Math.random() * 1000)).padStart(3, '0')}${number.slice(1)}`;
    const code = `05${String(Math.floor(Math.random() * 1e4)).padStart(4, '0')}${number}`;
    await registryDatabase().query(
      'INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))',
      [code, `+84${phone.slice(1)}`, await this.#oldHash],
    );
    const [[row]] = await registryDatabase().query<({ id: number } & RowDataPacket)[]>('SELECT id FROM accounts WHERE bhxh_code = ?', [code]);
    return { accountId: row!.id, code, phone, masked: `+84${phone.slice(1, 4)}***${phone.slice(-3)}`, call: undefined };
  }

  /** The caller keys everything in one go, and then listens until the end. */
  async #place(caller: Caller, leaveAt: Step | null, watch?: { at: Step; act: () => void }): Promise<void> {
    const watching = new AbortController();
    const enough = setTimeout(() => watching.abort(new Error('the call lasts too long')), longestCallMs);
    try {
      const call = await callFrom(caller.phone);
      caller.call = call;
      const seen = (step: Step, act: () => void) => void reached(call, step, watching.signal).then(act, () => undefined);
      if (watch) seen(watch.at, watch.act);
      if (leaveAt) seen(leaveAt, () => void call.hangUp());
      await call.hears('hotline/menu', { signal: watching.signal });
      await call.keys(`8${caller.code}`, { toneMs: 80, gapMs: 80 });
      await Promise.race([call.ended, new Promise((resolve) => watching.signal.addEventListener('abort', resolve))]);
      await Promise.race([call.hangUp(), pause(5000)]);
    } catch {
      await Promise.race([caller.call?.hangUp(), pause(5000)]); // what was heard decides, whatever went wrong
    } finally {
      clearTimeout(enough);
      watching.abort();
      watch?.act(); // a call that never came so far is struck too late, which must be right as well
    }
  }

  async #strike(fault: CallFault): Promise<void> {
    switch (fault.kind) {
      case 'kill':
        return kill(fault.victim);
      case 'stop': {
        const pid = processOf(fault.victim);
        process.kill(pid, 'SIGSTOP');
        await pause(fault.ms);
        return void process.kill(pid, 'SIGCONT');
      }
      case 'database-link': {
        let isOver = false;
        this.#database.onPacket = (_, commit) => {
          if (isOver || (fault.commit && commit === 0)) return {};
          isOver = true;
          return fault.what === 'delay' ? { delayMs: fault.ms } : { lose: fault.what === 'lose-answer' ? 'answer' : 'statement' };
        };
        return;
      }
      case 'database-away':
        return this.#database.refuse(fault.ms);
      case 'events': {
        let left = fault.count;
        this.#ari.onEvent = (type) => (type !== fault.type || left-- <= 0 ? 'pass' : fault.what === 'delay' ? { delayMs: fault.ms } : fault.what);
        return;
      }
      case 'event-socket':
        return this.#ari.breakSockets();
      case 'requests': {
        let left = fault.count;
        this.#ari.onRequest = () => (left-- <= 0 ? 'pass' : fault.what === 'delay' ? { delayMs: fault.ms } : fault.what);
        return;
      }
      case 'fill-disk': {
        const ballast = join(this.#directory, 'ballast');
        spawnSync('sh', ['-c', `cat /dev/zero > ${ballast} 2>/dev/null`]);
        await pause(fault.ms);
        return rmSync(ballast);
      }
      case 'jump-clock':
        writeFileSync(this.#clockFile, String(fault.byMs));
        return void process.kill(processOf('application'), 'SIGUSR2');
    }
  }

  /** Rows may be written a moment after the call, and after a crash by the successor. */
  async #check(callers: readonly Caller[], heard: readonly string[][]): Promise<{ violations: Violation[]; outcomes: string[] }> {
    for (let attempt = 1; ; attempt++) {
      const checked = await Promise.all(callers.map((caller, index) => this.#checkOne(caller, heard[index]!)));
      const found = await this.#withoutNameless(checked.flatMap(({ violations: each }) => each));
      if (found.length === 0 || attempt === 30) return { violations: found, outcomes: checked.flatMap(({ outcomes }) => outcomes) };
      await pause(500);
    }
  }

  /** A call whose caller could not be asked for has a row without a number: it cannot be told whose, but it is there. */
  async #withoutNameless(found: readonly Violation[]): Promise<Violation[]> {
    const [rows] = await registryDatabase().query<RowDataPacket[]>(`SELECT id FROM audit_log WHERE id > ? AND COALESCE(masked_phone, '') = ''`, [
      this.#firstRow,
    ]);
    let left = rows.length;
    return found.filter(({ what }) => what !== 'a call has 0 terminal rows' || left-- <= 0);
  }

  async #checkOne({ accountId, masked }: Caller, heard: readonly string[]): Promise<{ violations: Violation[]; outcomes: string[] }> {
    const rows = async (sql: string, value: string | number) => (await registryDatabase().query<RowDataPacket[]>(sql, [value]))[0];
    const [account] = await rows('SELECT password_hash AS hash FROM accounts WHERE id = ? FOR UPDATE', accountId);
    const resets = await rows('SELECT state FROM resets WHERE account_id = ? FOR UPDATE', accountId);
    const audit = await rows('SELECT outcome FROM audit_log WHERE masked_phone = ?', masked);
    const open = await rows('SELECT call_id FROM calls WHERE masked_phone = ?', masked);
    const charged = await rows(
      `SELECT id FROM code_entries WHERE counts_phone = TRUE AND call_id IN (SELECT call_id FROM audit_log WHERE masked_phone = ?)`,
      masked,
    );
    const notifications = await rows('SELECT id FROM notification_outbox WHERE account_id = ?', accountId);
    const [hash, oldHash] = [String(account?.['hash']), await this.#oldHash];
    // Whoever heard a word of the application has certainly come to it.
    const reached = heard.some((sound) => /enter-code|please-wait|password-intro|fault|interrupted/.test(sound));
    const call: CallSeen = { callId: masked, heard, couldBeRecorded: reached };
    const spoken = spokenPassword(call, 8);
    const seen = {
      hash: account === undefined ? null : hash,
      oldHash,
      verifying: spoken !== null && hash !== oldHash && (await verifyPassword(hash, spoken)) ? [spoken] : [],
      audit: audit.map((row) => ({ callId: masked, outcome: String(row['outcome']) })),
      open: open.map(() => masked),
      prepared: resets.filter((row) => row['state'] === 'prepared').length,
      activated: resets.filter((row) => row['state'] === 'activated').length,
      notifications: notifications.length,
      charged: { [masked]: charged.length },
      othersChanged: 0,
    };
    return { violations: violations([call], seen, 8), outcomes: seen.audit.map(({ outcome }) => outcome) };
  }
}

/** What was heard, with a pause behind every digit that was heard to its end, as the checker reads it. */
function soundsOf(call: ScriptedCall | undefined): string[] {
  return (call?.transcript() ?? []).flatMap((entry) => {
    if (entry.kind !== 'heard') return [];
    return entry.name.startsWith('digits/') && entry.complete ? [entry.name, 'hotline/pause'] : [entry.name];
  });
}

/** Resolves when so many sounds of this name have begun. */
async function reached(call: ScriptedCall, step: Step, signal: AbortSignal): Promise<void> {
  const [sound, count] = steps[step];
  const isIt = (name: string) => (typeof sound === 'string' ? name === sound : sound.test(name));
  while (call.transcript().filter((entry) => entry.kind === 'heard' && isIt(entry.name)).length < count) {
    signal.throwIfAborted();
    await pause(20);
  }
}
