/** Reads what a hotline with real calls has on record of them, as the owner of its database. */
import { setTimeout as pause } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import { registryDatabase } from '../../tests/support/machine/citizens.ts';
import { spokenPassword, violations, type CallSeen, type RegistrySeen, type Violation } from './checker.ts';

/** A person with an account, and with a phone whose masked form is unique in the run. */
export interface ChaosCitizen {
  readonly accountId: number;
  readonly code: string;
  readonly phone: string;
  /** As audit rows show the phone. */
  readonly masked: string;
}

const noRow = 'a call has 0 terminal rows';

export class CallRecords {
  readonly #oldHash: Promise<string>;
  #citizens = 0;
  /** Rows of the audit log up to this one belong to earlier trials. */
  #firstRow = 0;

  /** @param oldHash hash of the password that every account begins with */
  constructor(oldHash: Promise<string>) {
    this.#oldHash = oldHash;
  }

  /** Begins a trial. */
  async begin(): Promise<void> {
    const [row] = await rowsOf('SELECT COALESCE(MAX(id), 0) AS id FROM audit_log', 0);
    this.#firstRow = Number(row!['id']);
  }

  async newCitizen(): Promise<ChaosCitizen> {
    const number = String(this.#citizens++).padStart(4, '0');
    const phone = `091${String(Math.floor(Math.random() * 1000)).padStart(3, '0')}${number}`;
    const code = `05${String(Math.floor(Math.random() * 1e4)).padStart(4, '0')}${number}`;
    await registryDatabase().query(
      'INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))',
      [code, `+84${phone.slice(1)}`, await this.#oldHash],
    );
    const [row] = await rowsOf('SELECT id FROM accounts WHERE bhxh_code = ?', code);
    return {
      accountId: Number(row!['id']),
      code,
      phone,
      masked: `+84***${phone.slice(-4)}`,
    };
  }

  /**
   * Checks until nothing is wrong, for a while: after a call, and after a crash, rows may be
   * written late.
   */
  async check(
    callers: readonly ChaosCitizen[],
    calls: readonly CallSeen[],
  ): Promise<{ violations: Violation[]; outcomes: string[] }> {
    for (let attempt = 1; ; attempt++) {
      const checked = await Promise.all(
        callers.map((caller, index) => this.#checkOne(caller, calls[index]!)),
      );
      const found = await this.#withoutNameless(checked.flatMap((each) => each.violations));
      if (found.length === 0 || attempt === 30)
        return { violations: found, outcomes: checked.flatMap(({ outcomes }) => outcomes) };
      await pause(500);
    }
  }

  /**
   * If a caller's number could not be read, the call's row has none. It cannot be matched to a
   * caller, but it exists.
   */
  async #withoutNameless(found: readonly Violation[]): Promise<Violation[]> {
    let left = (
      await rowsOf(
        `SELECT id FROM audit_log WHERE id > ? AND by_user IS NULL AND COALESCE(masked_phone, '') = ''`,
        this.#firstRow,
      )
    ).length;
    return found.filter(({ what }) => what !== noRow || left-- <= 0);
  }

  async #checkOne(
    { accountId, masked }: ChaosCitizen,
    call: CallSeen,
  ): Promise<{ violations: Violation[]; outcomes: string[] }> {
    const [account] = await rowsOf(
      'SELECT password_hash AS hash FROM accounts WHERE id = ? FOR UPDATE',
      accountId,
    );
    const resets = await rowsOf('SELECT state FROM resets WHERE account_id = ? FOR UPDATE', accountId);
    const audit = await rowsOf('SELECT outcome FROM audit_log WHERE masked_phone = ?', masked);
    const open = await rowsOf('SELECT call_id FROM calls WHERE masked_phone = ?', masked);
    const charged = await rowsOf(
      `SELECT id FROM attempts WHERE (counts_phone = TRUE OR counts_code = TRUE)
       AND call_id IN (SELECT call_id FROM audit_log WHERE masked_phone = ?)`,
      masked,
    );
    const notifications = await rowsOf('SELECT id FROM notification_outbox WHERE account_id = ?', accountId);
    const [hash, oldHash] = [String(account?.['hash']), await this.#oldHash];
    const spoken = spokenPassword(call, 8);
    const seen: RegistrySeen = {
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

async function rowsOf(sql: string, value: string | number): Promise<RowDataPacket[]> {
  return (await registryDatabase().query<RowDataPacket[]>(sql, [value]))[0];
}
