/** What a whole call costs the database: statements and commits, counted on the wire. */
import { createLogger } from 'winston';
import { everySound } from '../../../src/call/prompts.ts';
import { takeCall } from '../../../src/hotline/take-call.ts';
import type { Hotline } from '../../../src/hotline/context.ts';
import { FakeChannel } from '../../../src/simulation/fake-channel.ts';
import { defaultScript, hotlineOver } from '../../../src/simulation/hotline-over.ts';
import { putOnLine } from '../../../src/simulation/scripted-caller.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { reset } from '../../support/fakes/branches.ts';
import { keying } from '../../support/fakes/one-citizen.ts';
import { StatementRecorder, type RecordedStatement } from '../../support/machine/statement-recorder.ts';

/** One for each call of a test. */
const citizens = ['1', '2'].map((serial) => ({
  bhxhCode: `000000000${serial}`,
  personalId: `00000000000${serial}`,
  phone: `+8491234567${serial}`,
}));

/** Short, since calls take real time. */
const lengths = new Map(everySound().map((sound) => [sound, 40]));
const timings = { firstDigitTimeoutMs: 2000, interdigitTimeoutMs: 2000 };

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `the statements of a call in ${kind}`, (database) => {
    let recorder: StatementRecorder;
    let hotline: Hotline;
    beforeEach(async () => {
      await database.owner.clear();
      for (const { bhxhCode, personalId, phone } of citizens) {
        const id = await database.owner.addAccount({ bhxhCode, phone, passwordHash: '$x$' });
        await database.owner.addCode(id, personalId);
      }
      recorder = await StatementRecorder.start(database.applicationUrl);
      const registry = database.openRegistry({ url: recorder.url });
      const script = { ...defaultScript, codeLengths: [10, 12], timings };
      hotline = hotlineOver(registry, createLogger({ silent: true }), { script });
      const { instanceId, node } = hotline;
      await registry.holdNode({ instanceId, node, process: '' });
      // As where calls overlap: a connection for each kind of work.
      await Promise.all([registry.ping(), registry.voidReset('', '')]);
    });
    afterEach(() => recorder.stop());

    /** Serves one call as the application does. */
    async function call(phone: string, ...codes: string[]): Promise<void> {
      const channel = new FakeChannel({ callerNumber: phone, lengths });
      putOnLine(channel, keying(...codes));
      await takeCall(channel, hotline, reset, 'asserted');
    }

    /** The statements of a call like this until its last row is written, on connections that have prepared them. */
    async function asked(
      codesOf: (citizen: (typeof citizens)[number]) => string[],
    ): Promise<RecordedStatement[]> {
      for (const citizen of citizens) {
        recorder.takeStatements();
        await call(citizen.phone, ...codesOf(citizen));
        await hotline.ledger.flush();
      }
      return recorder.takeStatements();
    }

    const commitsIn = (statements: readonly RecordedStatement[]) =>
      statements.filter(({ commitsChanges }) => commitsChanges).length;
    const outcomes = () => database.owner.rows('SELECT DISTINCT outcome FROM audit_log');

    test('that matches at once are 16, 4 of them commits', async () => {
      const statements = await asked(({ bhxhCode }) => [bhxhCode]);
      expect(await outcomes()).toEqual([{ outcome: 'changed' }]);
      expect(statements.map(spell)).toEqual([...opening, ...matchingCheck, ...activation, ...keeping]);
      expect(statements).toHaveLength(16);
      expect(commitsIn(statements)).toBe(4);
    });

    test('that matches by a personal ID are one more', async () => {
      const statements = await asked(({ personalId }) => [personalId]);
      expect(await outcomes()).toEqual([{ outcome: 'changed' }]);
      const lookUp = ['SELECT account_codes accounts'];
      const expected = [...opening, ...lookUp, ...matchingCheck, ...activation, ...keeping];
      expect(statements.map(spell)).toEqual(expected);
    });

    test('share the statement that keeps their steps with calls that end at about the same time', async () => {
      await asked(({ bhxhCode }) => [bhxhCode]);
      await database.owner.pool.query('DELETE FROM resets'); // or it would be too soon for another
      await Promise.all(citizens.map(({ phone, bhxhCode }) => call(phone, bhxhCode)));
      await hotline.ledger.flush();
      const statements = recorder.takeStatements().filter(({ sql }) => !sql.startsWith('SET autocommit'));
      expect(statements.filter(({ sql }) => sql.startsWith('INSERT INTO call_steps'))).toHaveLength(1);
      expect(statements).toHaveLength(2 * 15 + 1);
      expect(commitsIn(statements)).toBe(2 * 3 + 1);
    });

    test('of which no code of three matches are 21, 5 of them commits', async () => {
      const statements = await asked(() => ['9999999997', '9999999998', '9999999999']);
      expect(await outcomes()).toEqual([{ outcome: 'mismatch' }]);
      expect(statements.map(spell)).toEqual([...opening, ...check, ...check, ...check, ...closing]);
      expect(statements).toHaveLength(21);
      expect(commitsIn(statements)).toBe(5);
    });
  });
}

const transaction = (...statements: string[]) => [...statements, 'COMMIT, committed'];
const opening = transaction('UPDATE limit_locks', 'INSERT attempts audit_log calls instances');
const checking = ['UPDATE limit_locks', 'SELECT account_codes accounts attempts', 'INSERT attempts'];
const check = transaction(...checking);
const matchingCheck = transaction(...checking, 'SELECT accounts', 'INSERT resets');
const activation = transaction(
  'UPDATE accounts resets',
  'SELECT accounts attempts calls resets',
  'INSERT audit_log',
  'DELETE calls',
  'INSERT notification_outbox',
);
const keeping = ['INSERT call_steps, committed'];
const closing = transaction(
  'UPDATE resets',
  'INSERT call_steps',
  'SELECT accounts attempts calls resets',
  'INSERT audit_log',
  'DELETE calls',
);

/** What it does, and to which tables. */
function spell({ sql, commitsChanges }: RecordedStatement): string {
  const tables = new Set(
    [...sql.matchAll(/(?:FROM|JOIN|INTO|^UPDATE) (?!DUAL)(\w+)/g)].map(([, table]) => table!),
  );
  const isPlain = tables.size === 0;
  const text = isPlain ? sql : [/^\w+/.exec(sql)![0], ...[...tables].sort()].join(' ');
  return commitsChanges ? `${text}, committed` : text;
}
