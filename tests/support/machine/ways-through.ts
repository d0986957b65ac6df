/** Every way through branch 8, and every fault a caller may meet there, for the search for leaks. */
import type { CallsWithSecrets } from './calls-with-secrets.ts';
import { hotlineEnvironment, kill, processOf, whenHealthy } from './hotline-under-test.ts';
import { auditOf } from './phone-call.ts';
import { until } from '../until.ts';

const otherCode = (code: string) => code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));

/** Ways that can run concurrently. */
export const waysThrough: Readonly<Record<string, (calls: CallsWithSecrets) => Promise<void>>> = {
  'the password heard twice, and a second one asked for too soon': async (calls) => {
    const citizen = await calls.citizen();
    await (await calls.entered(citizen)).heardToEnd('hotline/goodbye');
    const tooSoon = await calls.entered(citizen);
    await tooSoon.hears('hotline/try-later');
    await tooSoon.hangUp();
  },
  'hung up during the first reading': async (calls) => {
    const call = await calls.entered(await calls.citizen());
    await call.hears(/^digits/);
    await call.hangUp();
  },
  'everything keyed ahead, and hung up during the second reading': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.call(citizen);
    await call.hears('hotline/menu');
    await call.keys(`8${citizen.code}`);
    await call.hears('hotline/changed');
    await call.hears(/^digits/);
    await call.hangUp();
  },
  'three codes that do not match, and the operator at the offer': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.guess(citizen, otherCode(citizen.code));
    await call.keys('0');
    await call.hears('hotline/operator-closed');
    await call.hangUp();
  },
  'a phone over its limit': async (calls) => {
    const citizen = await calls.citizen();
    for (let time = 1; time <= 2; time++)
      await (await calls.guess(citizen, otherCode(citizen.code))).hangUp();
    await auditOf(citizen.phone, 2);
    const call = await calls.call(citizen);
    await call.hears('hotline/menu');
    await call.keys(`8${citizen.code}`);
    await call.hears('hotline/try-later');
    await call.hangUp();
  },
  'the operator at the code': async (calls) => {
    const call = await calls.call(await calls.citizen());
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears('hotline/enter-code-10');
    await call.keys('0#');
    await call.hears('hotline/operator-closed');
    await call.hangUp();
  },
  'three silences': async (calls) => {
    const call = await calls.call(await calls.citizen());
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.heardToEnd('hotline/too-many-silences');
    await call.ended;
  },
  'three codes that are too short': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.entered(citizen, {}, `${citizen.code.slice(0, 9)}#`);
    for (let entry = 2; entry <= 3; entry++) {
      await call.hears('hotline/enter-again');
      await call.keys(`${citizen.code.slice(0, 9)}#`);
    }
    await call.heardToEnd('hotline/goodbye');
  },
  'a number that is not asserted': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.call(citizen, { identity: { from: citizen.phone, pai: null } });
    await call.hears('hotline/menu');
    await call.keys(`8${citizen.code}`);
    await call.hears('hotline/no-identity');
    await call.heardToEnd('hotline/goodbye');
  },
  'a softphone': async (calls) => {
    const citizen = await calls.citizen();
    const credentials = { username: '6002', password: hotlineEnvironment()['SOFTPHONE_PASSWORD']! };
    const call = await calls.entered(
      citizen,
      { localAddress: '127.0.0.1', identity: { from: '6002' }, credentials },
      otherCode(citizen.code),
    );
    await call.hears('hotline/mismatch');
    await call.hangUp();
  },
  'a code over its limit, and its owner called back': async (calls) => {
    const owner = await calls.citizen();
    await Promise.all(
      Array.from({ length: 4 }, async () => (await calls.guess(await calls.citizen(), owner.code)).hangUp()),
    );
    const answered = await calls.answered(owner, await calls.entered(owner));
    await answered.keys('1');
    await answered.hears('hotline/changed');
    await answered.hangUp();
  },
  'called back, to the end': async (calls) => {
    const answered = await calls.answered(await calls.citizen());
    await answered.keys('1');
    await answered.heardToEnd('hotline/goodbye');
  },
  'called back, and hung up during the first reading': async (calls) => {
    const answered = await calls.answered(await calls.citizen());
    await answered.keys('1');
    await answered.hears(/^digits/);
    await answered.hangUp();
  },
  'called back, and a voicemail answers': async (calls) => {
    await (
      await calls.answered(await calls.citizen())
    ).ended;
  },
  'called back, and the wrong key': async (calls) => {
    const answered = await calls.answered(await calls.citizen());
    await answered.keys('2');
    await answered.ended;
  },
  'called back, and busy': async (calls) => {
    const citizen = await calls.citizen();
    (await calls.rung(citizen)).leg.refuse(486);
    await auditOf(citizen.phone, 2);
  },
};

/** Ways with a fault. They run one after the other, because a fault hits all calls. */
export const faults: Readonly<Record<string, (calls: CallsWithSecrets) => Promise<void>>> = {
  'the application killed during a first reading, a second one and a call-back': async (calls) => {
    const [first, second, calledBack] = await Promise.all([
      calls.citizen(),
      calls.citizen(),
      calls.citizen(),
    ]);
    const inCallBack = calls.answered(calledBack);
    const inSecond = await calls.entered(second);
    await inSecond.hears('hotline/password-intro');
    const [inFirst, answered] = await Promise.all([calls.entered(first), inCallBack]);
    await answered.keys('1');
    await Promise.all([
      inFirst.hears(/^digits/),
      inSecond.hears('hotline/changed'),
      answered.hears(/^digits/),
    ]);
    await kill('application');
    await Promise.all([
      inFirst.heardToEnd('hotline/interrupted'),
      inSecond.heardToEnd('hotline/interrupted'),
      answered.ended,
    ]);
    await whenHealthy();
  },
  'the database frozen when the code is checked': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.call(citizen);
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears('hotline/enter-code-10');
    await whileFrozen(async () => {
      await call.keys(citizen.code);
      await call.hears('hotline/fault');
    });
    await call.hangUp();
    await auditOf(citizen.phone);
  },
  'the database frozen when the change is stored': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.entered(citizen);
    for (let digit = 1; digit <= 8; digit++) await call.hears(/^digits/);
    await whileFrozen(() => call.hears('hotline/fault-unconfirmed'));
    await call.hangUp();
    await auditOf(citizen.phone);
  },
  'the database killed when the change is stored': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.entered(citizen);
    for (let digit = 1; digit <= 8; digit++) await call.hears(/^digits/);
    await kill('database');
    await call.hears(/hotline\/(changed|fault|fault-unconfirmed)/);
    await call.hangUp();
    await auditOf(citizen.phone);
    await whenHealthy();
  },
  'a drain: one call is cut off, another is sent back': async (calls) => {
    const [running, late] = await Promise.all([calls.citizen(), calls.citizen()]);
    const [cut, sentBack] = [await calls.entered(running), await calls.call(late)];
    await Promise.all([cut.hears(/^digits/), sentBack.hears('hotline/menu')]);
    const application = processOf('application');
    process.kill(application, 'SIGTERM');
    await until(
      async () =>
        ((await (await fetch('http://127.0.0.1:8080/status')).json()) as { draining: boolean }).draining,
    );
    await sentBack.keys(`8${late.code}`);
    await Promise.all([cut.hears('hotline/interrupted'), sentBack.hears('hotline/operator-closed')]);
    await Promise.all([cut.hangUp(), sentBack.hangUp()]);
    await until(() => !isRunning(application));
    await whenHealthy();
  },
};

async function whileFrozen(act: () => Promise<unknown>): Promise<void> {
  const database = processOf('database');
  process.kill(database, 'SIGSTOP');
  try {
    await act();
  } finally {
    process.kill(database, 'SIGCONT');
  }
  await whenHealthy();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
