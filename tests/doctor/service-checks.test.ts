import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import {
  checkApplication,
  checkRegistry,
  checkWayIn,
  examineApplication,
  type ApplicationFacts,
} from '../../src/doctor/service-checks.ts';
import type { DatabaseFacts } from '../../src/mysql/database/database-facts.ts';
import { databaseFacts } from './database-facts.ts';
import type { Step } from '../../src/doctor/pbx-facts.ts';
import { findWrong, dialplan, shippedPbx, step, trunkOut } from './shipped-pbx.ts';

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

test('another program at HTTP_PORT is named, whether it answers in HTML, in JSON or not at all', async () => {
  for (const body of ['<html></html>', '{"message":"Not found"}']) {
    const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const findings = await examineApplication({ host: '127.0.0.1', port });
    expect(findings).toMatchObject([
      {
        title: 'application',
        verdict: 'danger',
        detail: expect.stringMatching(`at HTTP_PORT \\(${port}\\): .+ \\(process ${process.pid}\\)`),
        change: expect.stringContaining('HTTP_PORT'),
      },
    ]);
    server.close();
  }
  const mute = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as AddressInfo;
  await expect(examineApplication({ host: '127.0.0.1', port })).rejects.toThrow(
    new RegExp(`no answer at .*; .+ \\(process ${process.pid}\\) has the port`),
  );
  mute.close();
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

test.each([null, -1, 16])('a lease with %j s left is reported', (leaseSecondsLeft) => {
  expect(findWrong(checkWayIn({ ...shippedPbx, leaseSecondsLeft }, 'hotline'))).toEqual([
    'lease of the application',
  ]);
});

test('an Asterisk that is slow to answer over ARI is reported, since callers wait in silence meanwhile', () => {
  expect(findWrong(checkWayIn({ ...shippedPbx, ariAnswerMs: 250 }, 'hotline'))).toEqual([
    'answers of Asterisk over ARI',
  ]);
  expect(findWrong(checkWayIn({ ...shippedPbx, ariAnswerMs: 249 }, 'hotline'))).toEqual([]);
});

test('a dialplan that sends callers to the application without a timer, or without the step that follows it, is reported', () => {
  const timer = 'timer on calls in the application';
  const without = (part: (step: Step) => boolean) => dialplan.filter((step) => !part(step));
  const noTimer = without(({ context, does }) => context === 'hotline-application' && /TIMEOUT/.test(does));
  expect(findWrong(checkWayIn({ ...shippedPbx, dialplan: noTimer }, 'hotline'))).toEqual([timer]);
  const noT = without(({ context, extension }) => context === 'hotline-application' && extension === 'T');
  expect(findWrong(checkWayIn({ ...shippedPbx, dialplan: noT }, 'hotline'))).toContain(timer);
  expect(findWrong(checkWayIn({ ...shippedPbx, modules: [] }, 'hotline'))).toEqual([timer]);
});

test('a copy of the steps that serve is held to the same, whatever branch it is for', () => {
  const copied = step('my-hours', 's', 'Stasis(hotline,office-hours,${HOTLINE_IDENTITY},${HOTLINE_NUMBERS})');
  const other = step('my-queue', 's', 'Stasis(queue,${EXTEN})');
  const finding = checkWayIn({ ...shippedPbx, dialplan: [...dialplan, copied, other] }, 'hotline').find(
    ({ title }) => title === 'timer on calls in the application',
  );
  expect(finding).toMatchObject({ verdict: 'danger', detail: 'my-hours' });
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
