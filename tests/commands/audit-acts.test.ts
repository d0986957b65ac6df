import { subjectKey } from '../../src/accounts/subject-key.ts';
import type { Act } from '../../src/registry/officer-acts.ts';
import { endedCall, hashKey } from '../support/engine/audited-calls.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';
import { runHotline } from '../support/engine/run-hotline.ts';

const [code, phone] = ['0012345678', '+84912345678'];
const searched: Act = { kind: 'searched calls by phone', filters: {} };
const phoneKey = subjectKey(hashKey, 'phone', phone);

describeWithRegistry('mariadb', 'hotline audit show --by', (database) => {
  beforeEach(async () => {
    await database.owner.clear();
    await endedCall(database.registry);
    await database.registry.recordAct({ user: 'lan', what: searched, phoneKey });
    await database.registry.recordAct({ user: 'minh', what: { kind: 'drain ordered' } });
  });

  const show = (args: string[], input?: string) => runHotline(database, ['audit', 'show', ...args], input);

  test("lists a user's acts and no call, a line each; without a name, everybody's", async () => {
    const { code: exit, out, err } = await show(['--by', 'lan']);
    expect({ exit, err }).toEqual({ exit: 0, err: '1 act\n' });
    expect(out).toMatch(
      /^\S+ \S+ \+07:00  lan            searched calls by phone  at node-1  not sealed yet\n$/,
    );
    expect(await show(['--by'])).toMatchObject({ out: expect.stringMatching(/ lan .*\n.* minh /) });
    expect(await show(['--by', 'nobody'])).toMatchObject({ code: 0, out: '', err: 'no acts found\n' });
  });

  test('with a phone or a code, lists who looked for this person', async () => {
    const found = await show(['--by', '--phone', '--json'], '0912 345 678\n');
    expect(JSON.parse(found.out)).toEqual({
      id: expect.any(Number),
      doneAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      byUser: 'lan',
      what: 'searched calls by phone',
      actId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      node: 'node-1',
      batch: null,
    });
    expect(await show(['--by', '--code'], `${code}\n`)).toMatchObject({ out: '', err: 'no acts found\n' });
  });

  test('takes times as for calls, and refuses steps, which acts have none of', async () => {
    expect(await show(['--by', 'lan', '--since', '2026-01-01'])).toMatchObject({ err: '1 act\n' });
    expect(await show(['--by', 'lan', '--until', '2020-01-01'])).toMatchObject({ err: 'no acts found\n' });
    expect(await show(['--by', '--steps'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--steps'),
    });
  });

  test('without --by, no act is among the calls', async () => {
    expect(await show(['--since', '2026-01-01'])).toMatchObject({ err: '1 call\n' });
    expect(await show(['--phone'], `${phone}\n`)).toMatchObject({ err: '1 call\n' });
  });
});
