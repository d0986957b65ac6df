/** Users of the console and their sessions on real databases: what ends a session, and what does not. */
import { createHash, randomUUID } from 'node:crypto';
import { MysqlConsoleUsers } from '../../../src/mysql/console/mysql-console-users.ts';
import { verifyAuditLog } from '../../../src/mysql/audit/verify.ts';
import { Database } from '../../../src/mysql/database/database.ts';
import { auditKey } from '../../support/engine/audited-calls.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';

const hash = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `users of the console in ${kind}`, (database) => {
    let users: MysqlConsoleUsers;
    beforeAll(() => {
      const pool = database.endLater(new Database({ url: database.applicationUrl, deadlineMs: 20_000 }));
      users = new MysqlConsoleUsers(pool, { key: auditKey, node: 'node-1' });
    });
    beforeEach(async () => {
      await database.owner.clear();
      await users.addUser({ name: 'lan', role: 'officer', passwordHash: hash }, 'cli:root');
    });

    const signedIn = async (user = 'lan', generation = 1): Promise<string> => {
      const id: string = randomUUID();
      await users.writeSession(id, { user, generation, data: { language: 'vi' } });
      return id;
    };
    /** Makes all sessions this much older. */
    const age = (column: 'seen_at' | 'created_at', minutes: number) =>
      database.owner.pool.query(`UPDATE console_sessions SET ${column} = ${column} - INTERVAL ? MINUTE`, [
        minutes,
      ]);

    test('a user is added once, and listed with role, times and open sessions, by name', async () => {
      expect(await users.addUser({ name: 'an', role: 'admin', passwordHash: hash }, 'cli:root')).toBe(true);
      expect(await users.addUser({ name: 'lan', role: 'admin', passwordHash: hash }, 'cli:root')).toBe(false);
      await signedIn();
      expect(await users.listUsers()).toEqual([
        expect.objectContaining({ name: 'an', role: 'admin', openSessions: 0 }),
        {
          name: 'lan',
          role: 'officer',
          createdAt: expect.any(Date),
          passwordChangedAt: expect.any(Date),
          lastSignInAt: null,
          disabledAt: null,
          openSessions: 1,
        },
      ]);
    });

    test.each(['Lan', 'l', 'lan hoa', 'x'.repeat(33), 'lan@bhxh', ''])(
      'the database refuses the name %j',
      async (name) => {
        await expect(
          database.owner.pool.query(
            `INSERT INTO console_users (name, role, password_hash, created_at, password_changed_at)
           VALUES (?, 'viewer', ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
            [name, hash],
          ),
        ).rejects.toThrow(/CONSTRAINT|constraint|too long/);
      },
    );

    test('a session is read with its user, the role of now and its data; the database knows a hash of the id alone', async () => {
      const id = await signedIn();
      await users.setRole('lan', 'admin', 'quyen');
      const open = { user: 'lan', role: 'admin', generation: 1, data: { language: 'vi' }, isTouchDue: false };
      expect(await users.readSession(id)).toEqual(open);
      await users.writeSession(id, { user: 'lan', generation: 1, data: { language: 'en' } });
      expect(await users.readSession(id)).toEqual({ ...open, data: { language: 'en' } });
      expect(await users.readSession(randomUUID())).toBeNull();
      expect(
        await database.owner.rows('SELECT LOWER(HEX(session_key)) AS hash FROM console_sessions'),
      ).toEqual([{ hash: createHash('sha256').update(id).digest('hex') }]);
    });

    test('a session ends after 30 minutes without a touch, and after 12 hours in any case', async () => {
      const id = await signedIn();
      await age('seen_at', 29);
      expect(await users.readSession(id)).toMatchObject({ isTouchDue: true });
      await users.touchSession(id);
      expect(await users.readSession(id)).toMatchObject({ isTouchDue: false });
      await age('created_at', 719);
      expect(await users.readSession(id)).not.toBeNull();
      await age('created_at', 1);
      expect(await users.readSession(id)).toBeNull();
      const idle = await signedIn();
      await age('seen_at', 30);
      expect(await users.readSession(idle)).toBeNull();
      await users.touchSession(idle);
      expect(await users.readSession(idle)).toBeNull();
      expect(await users.listUsers()).toMatchObject([{ openSessions: 0 }]);
    });

    test('a touch writes at most once a minute', async () => {
      const id = await signedIn();
      const seenAt = async () =>
        (await database.owner.rows('SELECT CAST(seen_at AS CHAR) AS at FROM console_sessions'))[0]!['at'];
      const first = await seenAt();
      await users.touchSession(id);
      expect(await seenAt()).toBe(first);
    });

    test('what ends a session ends it for good, also for a request that is still under way', async () => {
      const content = { user: 'lan', generation: 1, data: {} };
      const signedOut = await signedIn();
      const other = await signedIn();
      await users.endSession(signedOut);
      await users.writeSession(signedOut, content);
      await users.touchSession(signedOut);
      expect(await users.readSession(signedOut)).toBeNull();
      expect(await users.readSession(other)).not.toBeNull();
      expect(await users.endSessionsOf('lan', 'quyen')).toBe(true);
      await users.writeSession(other, content);
      expect(await users.readSession(other)).toBeNull();
      // One that was signed in with what has ended, and is written only now.
      expect(await users.readSession(await signedIn('lan', 1))).toBeNull();
      expect(await users.readSession(await signedIn('lan', 2))).not.toBeNull();
    });

    test('disabling ends all sessions of the user and nobody else, and enabling brings none of them back', async () => {
      await users.addUser({ name: 'an', role: 'admin', passwordHash: hash }, 'cli:root');
      const [hers, theirs] = [await signedIn(), await signedIn('an')];
      expect(await users.disableUser('lan', 'quyen')).toBe(true);
      expect(await users.disableUser('lan', 'quyen')).toBe(true);
      expect(await users.readSession(hers)).toBeNull();
      expect(await users.readSession(theirs)).not.toBeNull();
      expect((await users.listUsers())[1]).toMatchObject({
        name: 'lan',
        disabledAt: expect.any(Date),
        openSessions: 0,
      });
      expect(await users.enableUser('lan', 'quyen')).toBe(true);
      expect(await users.readSession(hers)).toBeNull();
      expect((await users.listUsers())[1]).toMatchObject({ disabledAt: null });
    });

    test('a new password ends all sessions of the user but the one in which it was set', async () => {
      const [kept, other, signedOut] = [await signedIn(), await signedIn(), await signedIn()];
      await users.endSession(signedOut);
      expect(await users.setPassword('lan', `${hash}2`, 'lan', kept)).toBe(true);
      expect(await users.readSession(other)).toBeNull();
      expect(await users.readSession(kept)).toMatchObject({ user: 'lan', generation: 2 });
      await users.writeSession(kept, { user: 'lan', generation: 1, data: { said: 'password changed' } });
      expect(await users.readSession(kept)).toMatchObject({ data: { said: 'password changed' } });
      await users.setPassword('lan', hash, 'quyen', signedOut);
      for (const id of [kept, other, signedOut]) expect(await users.readSession(id)).toBeNull();
    });

    test('nobody keeps a session of another user', async () => {
      await users.addUser({ name: 'an', role: 'admin', passwordHash: hash }, 'cli:root');
      const theirs = await signedIn('an');
      await users.writeSession(theirs, { user: 'lan', generation: 1, data: { mine: true } });
      expect(await users.readSession(theirs)).toMatchObject({ user: 'an', data: { language: 'vi' } });
      await users.setPassword('lan', hash, 'quyen', theirs);
      expect(await users.readSession(theirs)).toMatchObject({ user: 'an', generation: 1 });
    });

    test('what is done to a user nobody has changes nothing, and says so', async () => {
      expect(await users.disableUser('hoa', 'quyen')).toBe(false);
      expect(await users.enableUser('hoa', 'quyen')).toBe(false);
      expect(await users.setRole('hoa', 'admin', 'quyen')).toBe(false);
      expect(await users.setPassword('hoa', hash, 'quyen')).toBe(false);
      expect(await users.endSessionsOf('hoa', 'quyen')).toBe(false);
      expect(await users.listUsers()).toHaveLength(1);
    });

    test('each act is an audit row of the user who did it, and what was not done has none', async () => {
      await users.addUser({ name: 'lan', role: 'admin', passwordHash: hash }, 'quyen');
      await users.setRole('lan', 'admin', 'quyen');
      await users.setPassword('lan', hash, 'lan');
      await users.endSessionsOf('lan', 'quyen');
      await users.disableUser('lan', 'quyen');
      await users.enableUser('lan', 'quyen');
      await users.disableUser('hoa', 'quyen');
      const id = await signedIn('lan', 4);
      await users.endSession(id);
      await users.endSession(id);
      const acts = await database.owner.rows(
        'SELECT outcome, by_user AS who, reason FROM audit_log ORDER BY id',
      );
      expect(acts.map(({ who, reason }) => `${String(who)}: ${String(reason)}`)).toEqual([
        'cli:root: user added: lan (officer)',
        'quyen: user changed: lan (admin)',
        'lan: password set: lan',
        'quyen: sessions ended: lan',
        'quyen: user disabled: lan',
        'quyen: user enabled: lan',
        'lan: signed out',
      ]);
      expect(await verifyAuditLog({ databaseUrl: database.url, key: auditKey })).toMatchObject({
        finding: null,
      });
    });

    test('an act whose row cannot be written is not done', async () => {
      await database.owner.pool.query("REVOKE INSERT ON hotline.audit_log FROM 'application'@'%'");
      await expect(users.disableUser('lan', 'quyen')).rejects.toThrow('registry');
      await database.owner.pool.query("GRANT INSERT ON hotline.audit_log TO 'application'@'%'");
      expect(await users.listUsers()).toMatchObject([{ disabledAt: null }]);
    });

    test('the application deletes no user', async () => {
      await expect(database.application.pool.query('DELETE FROM console_users')).rejects.toThrow(/denied/);
    });
  });
}
