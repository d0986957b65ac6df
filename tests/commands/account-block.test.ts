import { userInfo } from 'node:os';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';
import { until } from '../support/until.ts';
import { runHotline } from '../support/engine/run-hotline.ts';

const code = '0012345678';

describeWithRegistry('mariadb', 'hotline account block, allow and show', (database) => {
  beforeEach(async () => {
    await database.owner.clear();
    await database.owner.addAccount({
      bhxhCode: code,
      phone: '+84912345678',
      passwordHash: '$argon2id$old',
    });
  });

  const account = (args: string[], changed: NodeJS.ProcessEnv = {}, input = `${code}\n`) =>
    runHotline(database, ['account', ...args], input, { SUDO_USER: '', CALL_BACK: '', ...changed });
  const me = `cli:${userInfo().username}`;
  const acts = async () =>
    (await runHotline(database, ['audit', 'show', '--by', '--code'], `${code}\n`)).out
      .split('\n')
      .flatMap((line) => /\+07:00  (.*?)  at /.exec(line)?.[1]?.replace(/ +/g, ' ') ?? []);

  test('block, restrict and allow, with a reason, and show who did it; each is in the audit log', async () => {
    const allowed = { code: 0, out: 'resets by phone: allowed\n', err: '' };
    expect(await account(['show'])).toEqual(allowed);
    expect(await account(['block', '--reason', ' mất SIM '])).toEqual({
      code: 0,
      out: expect.stringMatching(
        /^resets by phone: blocked\nsince \d{4}-\d\d-\d\d [\d:]{8} \+07:00, by cli:\S+: mất SIM\n$/,
      ),
      err: '',
    });
    const restricted = await account(['block', '--call-back-only', '--reason', 'spoofed calls'], {
      SUDO_USER: 'lan',
    });
    expect(restricted.out).toMatch(/^resets by phone: only in a call to .*\nsince .* by cli:lan: spoofed/);
    expect((await account(['allow', '--reason', 'has a new SIM'])).out).toMatch(
      /^resets by phone: allowed\n/,
    );
    expect(JSON.parse((await account(['show', '--json'])).out)).toEqual({
      state: 'allowed',
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      by: me,
      reason: 'has a new SIM',
    });
    expect(await acts()).toEqual([
      `${me} looked at account`,
      `${me} blocked resets by phone: mất SIM`,
      'cli:lan restricted resets by phone to call-backs: spoofed calls',
      `${me} allowed resets by phone: has a new SIM`,
      `${me} looked at account`,
    ]);
  });

  test('one that may only be called back is said to be blocked while CALL_BACK is off', async () => {
    const { out } = await account(['block', '--call-back-only', '--reason', 'spoofed'], { CALL_BACK: 'off' });
    expect(out).toMatch(/\nCALL_BACK is off: until it is not, this account is blocked\n$/);
  });

  test.each([
    [['block'], /--reason/],
    [['allow', '--reason', 'x'], /--reason: expected 3 to 200 characters/],
    [['block', '--reason', 'phone 0912 345 678'], /--reason: expected no code and no phone number in it/],
    [['block', '--reason', 'one\ntwo'], /--reason: expected one line/],
  ])('%p is refused, and nothing is changed', async (args, says) => {
    expect(await account(args)).toEqual({ code: 2, out: '', err: expect.stringMatching(says) });
    expect((await account(['show'])).out).toBe('resets by phone: allowed\n');
  });

  test('a code without an account is refused in a sentence that does not hold it', async () => {
    for (const args of [['block', '--reason', 'mistake'], ['show']])
      expect(await account(args, {}, '0099999999\n')).toEqual({
        code: 1,
        out: '',
        err: expect.stringMatching(/^hotline: No account has this code/),
      });
  });

  test('a change that another one has come before, since the account was read, is not made', async () => {
    const other = await database.owner.pool.getConnection();
    try {
      await other.beginTransaction();
      await other.query(
        "UPDATE accounts SET phone_resets = 'call-back', phone_resets_since = UTC_TIMESTAMP(3)",
      );
      const running = account(['block', '--reason', 'stolen SIM']);
      const waiting =
        "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT%accounts%FOR UPDATE'";
      await until(async () => (await database.application.rows(waiting)).length > 0);
      await other.commit();
      const err = expect.stringMatching(
        /^hotline: Somebody else changed this account at the same moment, so nothing/,
      );
      expect(await running).toEqual({ code: 1, out: '', err });
    } finally {
      other.release();
    }
    expect((await account(['show'])).out).toMatch(
      /^resets by phone: only in a call to the registered number\n/,
    );
  });

  test('shown only if the look can be recorded', async () => {
    const url = database.applicationUrl.replace(/\/\w+$/, '/nothing_here');
    expect(await account(['show'], { DATABASE_URL: url })).toMatchObject({ code: 1, out: '' });
    await database.owner.pool.query('RENAME TABLE audit_log TO audit_log_away');
    try {
      expect(await account(['show'])).toMatchObject({ code: 1, out: '' });
      expect(await account(['block', '--reason', 'stolen SIM'])).toMatchObject({ code: 1, out: '' });
      expect(await database.owner.rows('SELECT phone_resets AS state FROM accounts')).toEqual([
        { state: 'allowed' },
      ]);
    } finally {
      await database.owner.pool.query('RENAME TABLE audit_log_away TO audit_log');
    }
  });
});
