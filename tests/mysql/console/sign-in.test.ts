/** Sign-ins to the console on real databases: who is let in, what is counted, and that nobody is locked out. */
import { PasswordChecks } from '../../../src/accounts/password-checks.ts';
import { shippedSignInLimits as limits } from '../../../src/accounts/sign-in-limits.ts';
import { confirmPassword, signIn, type SignInAnswer, type SignInForm } from '../../../src/console/sign-in.ts';
import { MysqlConsoleUsers } from '../../../src/mysql/console/mysql-console-users.ts';
import { Database } from '../../../src/mysql/database/database.ts';
import { auditKey } from '../../support/engine/audited-calls.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { StatementRecorder } from '../../support/machine/statement-recorder.ts';

const audit = { key: auditKey, node: 'node-1' };
const password = 'bốn con mèo ngồi';
const wrong = 'bốn con mèo đứng';
const [office, attacker] = ['192.0.2.7', '198.51.100.66'];

/** Knows what it was asked; the hash of the password says so itself, so that a test needs no argon2. */
class SeenChecks extends PasswordChecks {
  asked: (string | null)[] = [];
  before: () => Promise<unknown> = () => Promise.resolve();

  override async verify(phc: string | null, given: string): Promise<boolean> {
    this.asked.push(phc);
    await this.before();
    return phc === hashOf(given);
  }
}

const hashOf = (given: string) => `$argon2id$${Buffer.from(given).toString('base64')}`;

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `sign-in to the console in ${kind}`, (database) => {
    let users: MysqlConsoleUsers;
    let passwords: SeenChecks;
    const openUsers = () =>
      new MysqlConsoleUsers(
        database.endLater(new Database({ url: database.applicationUrl, deadlineMs: 20_000 })),
        audit,
      );
    beforeAll(() => void (users = openUsers()));
    beforeEach(async () => {
      await database.owner.clear();
      passwords = new SeenChecks();
      for (const name of ['lan', 'an'])
        await users.addUser({ name, role: 'officer', passwordHash: hashOf(password) }, 'cli:root');
    });

    const enter = (form: Partial<SignInForm> = {}, signIns = users): Promise<SignInAnswer> =>
      signIn(
        { signIns, passwords, hashKey: '5'.repeat(64) },
        { name: 'lan', password, address: office, ...form },
      );
    const enterAll = async (count: number, form: Partial<SignInForm>) => {
      for (let sent = 0; sent < count; sent++) await enter({ password: wrong, ...form });
    };
    const signedIn = {
      kind: 'signed-in',
      user: { name: 'lan', role: 'officer', generation: 1 },
      browser: expect.any(String),
    };
    const waits = { kind: 'wait', seconds: expect.any(Number) };
    /** What the browser of an officer keeps. */
    const knownBrowser = async (name = 'lan', browser?: string) => {
      const answer = await enter({ name, browser });
      if (answer.kind !== 'signed-in') throw new Error(answer.kind);
      return answer.browser;
    };

    test('the right password is let in, however the name is typed, and the sign-in is noted', async () => {
      expect(await enter({ name: ' Lan ' })).toEqual(signedIn);
      expect(await users.listUsers()).toMatchObject([
        { name: 'an', lastSignInAt: null },
        { name: 'lan', lastSignInAt: expect.any(Date) },
      ]);
      expect(
        await database.owner.rows("SELECT by_user AS who FROM audit_log WHERE reason = 'signed in'"),
      ).toEqual([{ who: 'lan' }]);
    });

    test('a wrong password, a disabled user and a name nobody has get the same answer, and one check each', async () => {
      await users.disableUser('an', 'quyen');
      expect(await enter({ password: wrong })).toEqual({ kind: 'refused' });
      expect(await enter({ name: 'an' })).toEqual({ kind: 'refused' });
      for (const name of ['hoa', '', 'lan@bhxh.gov.vn', 'x'.repeat(500), 'Đỗ Thị Lan', '🐢'])
        expect(await enter({ name })).toEqual({ kind: 'refused' });
      const hash = hashOf(password);
      expect(passwords.asked).toEqual([hash, hash, null, null, null, null, null, null]);
    });

    test('they are the same work for the database, statement by statement', async () => {
      await users.disableUser('an', 'quyen');
      const recorder = await StatementRecorder.start(database.applicationUrl);
      const pool = new Database({ url: recorder.url, poolSize: 1, deadlineMs: 20_000 });
      const recorded = new MysqlConsoleUsers(pool, audit);
      await enter({ password: wrong }, recorded); // prepares the statements
      const work: string[][] = [];
      for (const form of [{ password: wrong }, { name: 'an' }, { name: 'hoa' }, { name: 'Đỗ Thị Lan' }]) {
        recorder.take();
        await enter(form, recorded);
        work.push(recorder.take());
      }
      await pool.end();
      await recorder.stop();
      expect(work[0]).toHaveLength(4);
      expect(work[0]!.filter((statement) => /LEFT JOIN console_users/.test(statement))).toHaveLength(1);
      for (const other of work) expect(other).toEqual(work[0]);
    });

    test('many at once get as many checks as the limit, and the next one is not even checked', async () => {
      // Of three applications, so that only the database can have them take turns.
      const applications = Array.from({ length: 3 }, () => openUsers());
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => enter({ password: wrong }, applications[index % 3])),
      );
      expect(passwords.asked).toHaveLength(limits.perNameAndAddress);
      expect(answers.filter(({ kind }) => kind === 'wait')).toHaveLength(40 - limits.perNameAndAddress);
      expect(await enter()).toEqual(waits);
      expect(passwords.asked).toHaveLength(limits.perNameAndAddress);
    });

    test('an attempt counts before its password is checked, and a right one does not count afterwards', async () => {
      const counting = () => database.owner.rows('SELECT counts FROM console_sign_ins');
      passwords.before = async () => expect(await counting()).toEqual([{ counts: 1 }]);
      expect(await enter()).toEqual(signedIn);
      expect(await counting()).toEqual([{ counts: 0 }]);
    });

    test('failures are forgotten after 15 minutes, and survive a new application until then', async () => {
      await enterAll(limits.perNameAndAddress, {});
      expect(await enter({}, openUsers())).toEqual(waits);
      await database.owner.pool.query(
        'UPDATE console_sign_ins SET charged_at = charged_at - INTERVAL 15 MINUTE',
      );
      expect(await enter()).toEqual(signedIn);
    });

    test('one who must wait is told how long: until enough failures are old', async () => {
      await enterAll(3, {});
      const age = (minutes: number) =>
        database.owner.pool.query('UPDATE console_sign_ins SET charged_at = charged_at - INTERVAL ? MINUTE', [
          minutes,
        ]);
      await age(10);
      await enterAll(limits.perNameAndAddress - 3, {});
      const { seconds } = (await enter()) as Extract<SignInAnswer, { kind: 'wait' }>;
      expect(seconds).toBeLessThanOrEqual(300);
      expect(seconds).toBeGreaterThan(240);
      await age(5);
      expect(await enter()).toEqual(signedIn);
    });

    test('names nobody has are counted as any name is', async () => {
      await enterAll(limits.perNameAndAddress, { name: 'hoa' });
      expect(await enter({ name: 'hoa' })).toEqual(waits);
    });

    test('an attacker elsewhere who knows the name keeps nobody out, from however many addresses', async () => {
      for (let host = 1; host <= 25; host++) await enterAll(2, { address: `203.0.113.${host}` });
      expect(await enter()).toEqual(signedIn);
      // The attack is slowed down: each address has two attempts left, not ten.
      passwords.asked = [];
      await enterAll(5, { address: attacker });
      expect(passwords.asked).toHaveLength(limits.perNameAndAddressUnderAttack);
      expect(await enter({ password: wrong })).toEqual({ kind: 'refused' });
      expect(await enter()).toEqual(signedIn);
    });

    test("an attacker at the officer's own address keeps no browser out with which they have signed in before", async () => {
      const browser = await knownBrowser();
      await enterAll(limits.perNameAndAddress + 1, {});
      for (let name = 0; name < 30; name++) await enterAll(2, { name: `made-up-${name}` });
      expect(await enter()).toEqual(waits);
      expect(await enter({ browser })).toEqual({ ...signedIn, browser });
      expect(await enter({ name: 'an' })).toMatchObject({ kind: 'signed-in' });
    });

    test('a known browser has a limit of its own, which costs nobody else anything', async () => {
      const browser = await knownBrowser();
      passwords.asked = [];
      await enterAll(limits.perBrowser + 5, { browser });
      expect(passwords.asked).toHaveLength(limits.perBrowser);
      expect(await enter({ browser })).toEqual(waits);
      expect(await enter()).toEqual(signedIn);
    });

    test('a browser is known for the users who have signed in with it, and not by a name it made up', async () => {
      const browser = await knownBrowser();
      expect(await knownBrowser('lan', 'made up')).not.toBe('made up');
      expect(await knownBrowser('an', browser)).toBe(browser);
      await enterAll(limits.perNameAndAddress, {});
      await enterAll(limits.perNameAndAddress, { name: 'an' });
      expect(await enter({ browser })).toEqual(signedIn);
      expect(await enter({ name: 'an', browser })).toMatchObject({ kind: 'signed-in' });
      // A person who had the old password keeps no browser.
      await users.setPassword('lan', hashOf(password), 'lan');
      expect(await enter({ browser })).toEqual(waits);
      expect(await enter({ name: 'an', browser })).toMatchObject({ kind: 'signed-in' });
    });

    test('a user who is disabled, or gets another password, while theirs is checked is not let in', async () => {
      passwords.before = () => users.disableUser('lan', 'quyen');
      expect(await enter()).toEqual({ kind: 'refused' });
      passwords.before = () => users.setPassword('an', hashOf(wrong), 'quyen');
      expect(await enter({ name: 'an' })).toEqual({ kind: 'refused' });
    });

    test('one who comes while many wait for their check is told so and not charged; a known browser waits too', async () => {
      const browser = await knownBrowser();
      Object.defineProperty(passwords, 'waiting', { value: 20 });
      expect(await enter({ password: wrong })).toEqual({ kind: 'wait', seconds: 5 });
      expect(await database.owner.rows('SELECT id FROM console_sign_ins WHERE counts = TRUE')).toEqual([]);
      expect(await enter({ browser })).toEqual(signedIn);
    });

    test('a user who confirms their password is counted as one who signs in, and is not signed in', async () => {
      const confirm = (given: string) =>
        confirmPassword(
          { signIns: users, passwords, hashKey: '5'.repeat(64) },
          { name: 'lan', password: given, address: office },
        );
      expect(await confirm(password)).toEqual({ kind: 'right' });
      expect(await users.listUsers()).toMatchObject([{ name: 'an' }, { name: 'lan', lastSignInAt: null }]);
      for (let sent = 0; sent < limits.perNameAndAddress; sent++)
        expect(await confirm(wrong)).toEqual({ kind: 'refused' });
      expect(await confirm(password)).toEqual(waits);
    });

    test('name, address and password are nowhere in the database', async () => {
      await enter({ name: 'my-secret-password', password: wrong });
      const [row] = await database.owner.rows('SELECT * FROM console_sign_ins');
      const text = Object.values(row!).map((value) =>
        Buffer.isBuffer(value) ? value.toString('latin1') : String(value),
      );
      for (const secret of ['my-secret', wrong, office]) expect(text.join(' ')).not.toContain(secret);
    });
  });
}
