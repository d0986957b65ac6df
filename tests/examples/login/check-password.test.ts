/** The example of a login side, on real databases: what opens an account, and how guesses are counted. */
import { jest } from '@jest/globals';
import { Accounts, type Guess } from '../../../examples/login/accounts.ts';
import { checkPassword } from '../../../examples/login/check-password.ts';
import { hashPassword } from '../../../examples/login/hashes.ts';
import { RegistryOwner } from '../../support/engine/database-registry.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { addLoginUser, callAgain, newOwner, type Owner } from '../../support/engine/login-side.ts';
import { StatementRecorder } from '../../support/machine/statement-recorder.ts';

const hourMs = 3_600_000;
const chosen = 'bốn con mèo ngồi';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `a login side with ${kind}`, (database) => {
    let url: string;
    let accounts: Accounts;
    beforeAll(async () => {
      url = await addLoginUser(database);
      accounts = database.endLater(new Accounts(url));
    });

    const logsIn = async ({ code }: Owner, password: string) =>
      (await checkPassword(accounts, code, password)) !== null;
    const guessWrong = async (owner: Owner, times: number) => {
      for (let guess = 0; guess < times; guess++) expect(await logsIn(owner, 'wrong')).toBe(false);
    };
    const logIn = async ({ code }: Owner, password: string) =>
      (await checkPassword(accounts, code, password))!;
    const change = async (owner: Owner, from: string, to: string) =>
      accounts.changePassword(await logIn(owner, from), await hashPassword(to));

    test('the spoken password opens the account until it expires, by the clock of the database', async () => {
      const owner = await newOwner(database);
      expect(await logsIn(owner, owner.spoken)).toBe(true);
      expect(await logsIn(owner, 'before')).toBe(false);
      jest.useFakeTimers({ now: Date.now() + 10 * hourMs, doNotFake: ['nextTick', 'setImmediate'] });
      const isOpenByAnotherClock = await logsIn(owner, owner.spoken);
      jest.useRealTimers();
      expect(isOpenByAnotherClock).toBe(true);
      const expire = 'UPDATE accounts SET password_expires_at = UTC_TIMESTAMP(3) WHERE id = ?';
      await database.owner.pool.query(expire, [owner.id]);
      expect(await logsIn(owner, owner.spoken)).toBe(false);
    });

    test('a person with a personal ID logs in by either code, with five guesses by both together', async () => {
      const owner = await newOwner(database);
      const byId = { ...owner, code: '001090000001' };
      await database.owner.addCode(owner.id, byId.code);
      for (const each of [owner, byId]) expect(await logsIn(each, owner.spoken)).toBe(true);
      const codes = [owner.code, byId.code];
      expect(await accounts.read(await logIn(byId, owner.spoken))).toEqual({ codes, mustChange: true });
      await guessWrong(owner, 3);
      await guessWrong(byId, 2);
      for (const each of [owner, byId]) expect(await logsIn(each, owner.spoken)).toBe(false);
    });

    test('a spoken password without an expiry opens the account', async () => {
      const owner = await newOwner(database, 0);
      expect(await logsIn(owner, owner.spoken)).toBe(true);
    });

    test('after five wrong guesses the spoken password is void, and another call gives one with five guesses of its own', async () => {
      const owner = await newOwner(database);
      await guessWrong(owner, 4);
      expect(await logsIn(owner, owner.spoken)).toBe(true);
      await guessWrong(owner, 1);
      expect(await logsIn(owner, owner.spoken)).toBe(false);
      const next = await callAgain(database, owner.id);
      await guessWrong(owner, 4);
      expect(await logsIn(owner, next)).toBe(true);
    });

    test('of fifty simultaneous guesses through three processes at most five are checked', async () => {
      const owner = await newOwner(database);
      const counts: number[] = [];
      class Watched extends Accounts {
        override async countGuess(hash: string, limit: number): Promise<Guess> {
          const guess = await super.countGuess(hash, limit);
          counts.push(guess.count);
          return guess;
        }
      }
      const processes = Array.from({ length: 3 }, () => database.endLater(new Watched(url)));
      const guesses = Array.from({ length: 50 }, (_, index) =>
        checkPassword(processes[index % 3]!, owner.code, 'wrong'),
      );
      expect((await Promise.all(guesses)).filter((login) => login !== null)).toEqual([]);
      expect(counts).toHaveLength(50);
      expect(counts.filter((count) => count <= 5).length).toBeLessThanOrEqual(5);
      expect(await logsIn(owner, owner.spoken)).toBe(false);
    });

    test('nobody can void a password that its owner has chosen', async () => {
      const owner = await newOwner(database);
      expect(await change(owner, owner.spoken, chosen)).toBe(true);
      await guessWrong(owner, 12);
      expect(await logsIn(owner, chosen)).toBe(true);
    });

    test('the chosen password opens the account, however its letters are composed, and the spoken one no more', async () => {
      const owner = await newOwner(database);
      expect(await change(owner, owner.spoken, chosen.normalize('NFD'))).toBe(true);
      expect(await logsIn(owner, owner.spoken)).toBe(false);
      expect(await logsIn(owner, chosen.normalize('NFC'))).toBe(true);
      const [row] = await database.owner.rows(
        'SELECT must_change, password_expires_at FROM accounts WHERE id = ?',
        [owner.id],
      );
      expect(row).toEqual({ must_change: 0, password_expires_at: null });
    });

    test('of two windows that choose a password at the same time one is refused, and the other one’s password counts', async () => {
      const owner = await newOwner(database);
      const [one, two] = ['mưa rơi trên mái tôn', 'sách cũ thơm mùi giấy'];
      const changes = await Promise.all([one, two].map((to) => change(owner, owner.spoken, to)));
      expect([...changes].sort()).toEqual([false, true]);
      expect([await logsIn(owner, one), await logsIn(owner, two)]).toEqual(changes);
    });

    test('a call between login and change wins: its password counts, and the session has ended', async () => {
      const owner = await newOwner(database);
      const login = await logIn(owner, owner.spoken);
      expect(await accounts.read(login)).toEqual({ codes: [owner.code], mustChange: true });
      const next = await callAgain(database, owner.id);
      expect(await accounts.read(login)).toBeNull();
      expect(await accounts.changePassword(login, await hashPassword(chosen))).toBe(false);
      expect([await logsIn(owner, chosen), await logsIn(owner, next)]).toEqual([false, true]);
    });

    test('an unknown code, a wrong password, an expired and a void one cost the same statements', async () => {
      const [open, expired, spent, owned] = [
        await newOwner(database),
        await newOwner(database, 1),
        await newOwner(database),
        await newOwner(database),
      ];
      await guessWrong(spent, 5);
      await change(owned, owned.spoken, chosen);
      const recorder = await StatementRecorder.start(url);
      const watched = new Accounts(recorder.url);
      await checkPassword(watched, open.code, 'wrong'); // prepares the statements
      recorder.take();
      const costs: string[][] = [];
      for (const [code, password] of [
        ['9999999999', 'wrong'],
        ['', 'wrong'],
        [open.code, 'wrong'],
        [owned.code, 'wrong'],
        [expired.code, expired.spoken],
        [spent.code, spent.spoken],
      ] as const) {
        expect(await checkPassword(watched, code, password)).toBeNull();
        costs.push(recorder.take());
      }
      await watched.end();
      await recorder.stop();
      expect(costs[0]).toHaveLength(3);
      expect(new Set(costs.map((statements) => statements.join('\n'))).size).toBe(1);
    });

    test.each([
      ['reads no phone', 'SELECT phone FROM accounts'],
      ['blocks no account', `UPDATE accounts SET phone_resets = 'blocked'`],
      ['adds no account', `INSERT INTO accounts (bhxh_code, phone) VALUES ('0000000000', '+84912345678')`],
      ['removes no account', 'DELETE FROM accounts'],
      ['changes no guess', 'UPDATE login_guesses SET guessed_at = guessed_at'],
      ['reads no reset', 'SELECT id FROM resets'],
      ['reads no audit row', 'SELECT id FROM audit_log'],
    ])('the login’s database user %s', async (_, statement) => {
      const login = database.endLater(new RegistryOwner(url));
      await expect(login.pool.query(statement)).rejects.toMatchObject({
        code: expect.stringMatching(/^ER_(TABLEACCESS|COLUMNACCESS)_DENIED_ERROR$/),
      });
    });
  });
}
