/** SIGTERM and `hotline drain` with real calls. `hotline run` restarts the application each time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RowDataPacket } from 'mysql2/promise';
import { closeRegistryDatabase, logsIn, newCitizen, registryDatabase } from '../support/machine/citizens.ts';
import {
  hotlineEnvironment,
  processOf,
  runStateDirectory,
  whenHealthy,
} from '../support/machine/hotline-under-test.ts';
import { isLetGo } from '../support/machine/let-go.ts';
import { heardWithinMs, longestSilence } from '../support/machine/longest-silence.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { auditOf, callFrom, enterCode, said } from '../support/machine/phone-call.ts';
import { until } from '../support/until.ts';

beforeEach(whenHealthy);
afterAll(async () => {
  await whenHealthy();
  await closeRegistryDatabase();
});

/** Waits for the end of a stopping application, so that calls of the next test do not reach it. */
const hasEnded = (pid: number) => until(() => !existsSync(`/proc/${pid}`));

const status = async () =>
  (await (await fetch('http://127.0.0.1:8080/status')).json()) as {
    calls: number;
    draining: boolean;
    notifications: { waiting: number; dead: number };
  };

async function refusedCalls(): Promise<number> {
  const [rows] = await registryDatabase().query<RowDataPacket[]>(
    "SELECT 1 FROM audit_log WHERE outcome = 'limited' AND reason = 'the application is being stopped'",
  );
  return rows.length;
}

test('hotline drain: the running call finishes, a new caller hears the apology, and the command ends with the application', async () => {
  const refused = await refusedCalls();
  const citizen = await newCitizen();
  const running = await callFrom(citizen.phone);
  await enterCode(running, citizen.code);
  await running.hears(/^digits/);
  const drained = processOf('application');
  const command = spawn(process.execPath, ['src/cli.ts', 'drain', '--within', '120'], {
    env: { ...process.env, ...hotlineEnvironment() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, ended] = [text(command.stdout), once(command, 'exit')];
  await until(async () => (await status()).draining);
  const late = await callFrom('0912345678');
  await late.hears('hotline/menu');
  await late.keys('8');
  await isLetGo(late, late.nowMs, 'hotline/unavailable');
  // The call reached branch 8, so it has an audit row, though the application asked nothing.
  await until(async () => (await refusedCalls()) === refused + 1);
  await running.heardToEnd('hotline/goodbye');
  expect(said(running)).toContain('changed');
  expect(longestSilence(running, 0)).toBeLessThan(heardWithinMs);
  expect(await ended).toEqual([0, null]);
  expect(await printed).toMatch(
    /^1 call left, at most 1\d\d s\n(?:0 calls left, at most \d+ s\n)?drained: the application has ended\n$/,
  );
  // The last port is closed when all is done; the kernel takes the process apart in the moments after.
  await until(() => !existsSync(`/proc/${drained}`));
  expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'changed' }]);
});

test('SIGTERM: a call that is not over in time hears an apology, the line is released, and the old password works', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.hears('hotline/enter-code-10');
  const application = processOf('application');
  process.kill(application, 'SIGTERM'); // `hotline run` gives calls 5 s
  const stoppedAtMs = call.nowMs;
  await call.heardToEnd('hotline/interrupted');
  await call.heardToEnd('hotline/goodbye');
  expect((await call.ended).by).toBe('pbx');
  expect(longestSilence(call, stoppedAtMs)).toBeLessThan(heardWithinMs);
  expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'interrupted' }]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
  await hasEnded(application);
});

test('SIGTERM twice: the line is released at once', async () => {
  const call = await callFrom('0912345678');
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.hears('hotline/enter-code-10');
  const application = processOf('application');
  process.kill(application, 'SIGTERM');
  await until(async () => (await status()).draining);
  process.kill(application, 'SIGTERM');
  expect((await call.ended).by).toBe('pbx');
  expect(said(call)).not.toContain('interrupted');
  await hasEnded(application);
});

test('SIGTERM: an application with nothing left to do ends with 0', async () => {
  const { ARI_URL: url, ARI_USERNAME: username, ARI_PASSWORD: password } = hotlineEnvironment();
  // Under another name, so that the shipped application stays registered with the PBX.
  const spare = await OwnApplication.start(
    { ari: { url: url!, username: username!, password: password!, application: 'spare' } },
    { ARI_APPLICATION: 'spare' },
  );
  await spare.stop(); // throws unless the exit code is 0
});

test('nobody can drain the application without the secret of this installation', async () => {
  const answer = await fetch('http://127.0.0.1:8080/drain', {
    method: 'POST',
    headers: { authorization: 'Bearer guess' },
  });
  expect(answer.status).toBe(401);
  expect((await status()).draining).toBe(false);
});

test("the owner of the account is told of the change by SMS, never of the password, and the receiver's log masks the number", async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears('hotline/changed');
  const masked = `+84***${citizen.phone.slice(-4)}`;
  const log = () => readFileSync(join(runStateDirectory(), 'logs/sms.log'), 'utf8');
  await until(() => log().includes(`to ${masked}: Mật khẩu VssID`));
  expect(log()).not.toContain(call.digitsHeard()[0]);
  expect(log()).not.toContain(citizen.phone.slice(1));
  await call.hangUp();
  await until(async () => (await status()).notifications.waiting === 0);
});
