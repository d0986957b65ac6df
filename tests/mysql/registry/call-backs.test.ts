import { randomInt, randomUUID } from 'node:crypto';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { times } from '../../support/contracts/registry-steps.ts';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `calls back, counted in ${kind}`, (database) => {
    const addAccount = (phone: string) =>
      database.owner.addAccount({
        bhxhCode: String(randomInt(1e10)).padStart(10, '0'),
        phone,
        passwordHash: '$argon2id$old',
      });
    const request = (accountId: number, callBackId = randomUUID()) =>
      database.registry.requestCallBack({ callBackId, accountId, perNumberDay: 3 });

    test('the number comes from the registry, and of fifty requests at once three are granted', async () => {
      const accountId = await addAccount('+84911000001');
      const granted = (await times(50, () => request(accountId))).filter((answer) => answer !== 'over');
      expect(granted).toEqual(Array(3).fill({ number: '+84911000001' }));
    });

    test('accounts that share a number share its limit of calls back, and the next day it starts again', async () => {
      const [one, other] = [await addAccount('+84911000002'), await addAccount('+84911000002')];
      const granted = (await times(10, (index) => request(index % 2 === 0 ? one : other))).filter(
        (answer) => answer !== 'over',
      );
      expect(granted).toHaveLength(3);
      await database.owner.pool.query('UPDATE call_backs SET requested_at = requested_at - INTERVAL 25 HOUR');
      expect(await request(other)).toEqual({ number: '+84911000002' });
    });

    test('a request that is repeated, because its answer was lost, counts once', async () => {
      const accountId = await addAccount('+84911000003');
      const callBackId = randomUUID();
      for (let time = 0; time < 5; time++)
        expect(await request(accountId, callBackId)).toEqual({ number: '+84911000003' });
      expect(await request(accountId)).toEqual({ number: '+84911000003' });
    });

    test('an account that is gone has no number', async () => {
      expect(await request(999_999_999)).toBe('moved');
    });
  });
}
