import {
  checkApplication,
  checkRegistry,
  checkWayIn,
  type ApplicationFacts,
} from '../../src/doctor/service-checks.ts';
import type { DatabaseFacts } from '../../src/mysql/database/database-facts.ts';
import { databaseFacts } from './database-facts.ts';
import { findWrong, dialplan, shippedPbx, trunkOut } from './shipped-pbx.ts';

const application: ApplicationFacts = {
  health: { pbx: true, registry: true, admitting: true },
  calls: 3,
  maxCalls: 200,
  notifications: { waiting: 1, dead: 0 },
};

test('an application that takes calls, at an Asterisk that leads to it, is fine', () => {
  expect(findWrong([...checkApplication(application), ...checkWayIn(shippedPbx, 'hotline')])).toEqual([]);
});

test.each<[string, Partial<ApplicationFacts>]>([
  ['application', { health: { pbx: true, registry: false, admitting: true } }],
  [
    'application',
    { health: { pbx: true, registry: false, admitting: true, reasons: { registry: 'it is read-only' } } },
  ],
  ['room for calls', { calls: 200 }],
  ['messages to owners', { notifications: { waiting: 0, dead: 2 } }],
])('%s: reported with %j', (title, wrong) => {
  expect(findWrong(checkApplication({ ...application, ...wrong }))).toEqual([title]);
});

test('an unconnected application, a missing operator and a PBX that leads no caller to branch 8 are reported', () => {
  expect(findWrong(checkWayIn({ ...shippedPbx, isApplicationThere: false }, 'hotline'))).toEqual([
    'application at Asterisk',
  ]);
  const lost = { ...shippedPbx, dialplan: dialplan.filter(({ context }) => context !== 'hotline-operator') };
  expect(checkWayIn(lost, 'hotline')[1]).toMatchObject({
    verdict: 'danger',
    detail: 'missing: [hotline-operator]',
    change: expect.stringContaining('extensions-site.conf'),
  });
  expect(findWrong(checkWayIn({ ...shippedPbx, endpoints: [trunkOut] }, 'hotline'))).toEqual([
    'trunks and phones that lead to branch 8',
  ]);
});

test('a database that was not migrated, one that takes no changes, and one without accounts, are reported', () => {
  const facts: DatabaseFacts = databaseFacts();
  expect(findWrong(checkRegistry(facts))).toEqual([]);
  const [schema, changes] = ['schema of the database', 'changes to the database'];
  const half = { ...facts, schemaFault: 'its schema is not complete', rows: null };
  expect(findWrong(checkRegistry(half))).toEqual([schema]);
  expect(findWrong(checkRegistry({ ...facts, writeFault: 'it is read-only' }))).toEqual([changes]);
  const logging = { ...facts.settings, log_bin: 'ON', binlog_format: 'STATEMENT' };
  expect(findWrong(checkRegistry({ ...facts, settings: logging }))).toEqual([changes]);
  const rows = { ...facts.rows!, hasAccounts: false };
  expect(findWrong(checkRegistry({ ...facts, rows }))).toEqual(['registry']);
});
