/** Places the calls of a trial, makes the fault strike, and checks the result. */
import { setTimeout as pause } from 'node:timers/promises';
import { hashPassword } from '../../src/accounts/password-hash.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { closeRegistryDatabase } from '../../tests/support/machine/citizens.ts';
import { whenHealthy } from '../../tests/support/machine/hotline-under-test.ts';
import { callFrom } from '../../tests/support/machine/phone-call.ts';
import { CallRecords, type ChaosCaller } from './call-records.ts';
import { strike, type Surroundings } from './call-strike.ts';
import { isOfDatabase, isOfLine, type CallerPlan, type CallTrial, type Step } from './call-trial.ts';
import type { CallSeen, Violation } from './checker.ts';
import {
  hasReached,
  longestWait,
  longestSilence,
  soundsOf,
  stepOf,
  waitedTooLong,
  wasHungUp,
} from './heard.ts';

export interface CallResult {
  readonly trial: CallTrial;
  /** The steps at which the fault found the calls in progress. */
  readonly struckAt: readonly Step[];
  readonly violations: readonly Violation[];
  /** By caller. */
  readonly heard: readonly (readonly string[])[];
  /** Outcomes on record, oldest first. */
  readonly outcomes: readonly string[];
  /** Measured for faults of the database only; 0 for others. */
  readonly longestWaitMs: number;
  readonly longestSilenceMs: number;
}

interface Caller extends ChaosCaller {
  call: ScriptedCall | undefined;
}

const longestCallMs = 110_000;
/**
 * From the repair of the fault until a call must succeed. Asterisk may still be loading its
 * dialplan when /health finds it.
 */
const recoveryMs = 30_000;
/** How long a fault of the next events, requests or statements waits for them: they may never come. */
const waitForNextMs = 12_000;
const toneMs = { toneMs: 80, gapMs: 80 };

export class CallStage {
  readonly #surroundings: Surroundings;
  readonly #records = new CallRecords(hashPassword('00000000'));

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async run(trial: CallTrial): Promise<CallResult> {
    await whenHealthy();
    await this.#records.begin();
    const callers = await Promise.all(trial.callers.map(() => this.#newCaller()));
    const struckAt: Step[] = [];
    const striking = Promise.withResolvers<void>();
    let isStruck = false;
    const strikes = () => {
      if (isStruck) return;
      isStruck = true;
      struckAt.push(...callers.map(({ call }) => stepOf(call)).filter((step) => step !== null));
      striking.resolve(strike(trial.fault, this.#surroundings));
    };
    const calls = Promise.all(
      callers.map((caller, index) =>
        this.#place(
          caller,
          trial.callers[index]!,
          index === 0 ? { at: trial.step, act: strikes } : undefined,
        ),
      ),
    );
    const goodCall = striking.promise.then(() => this.#goodCall(trial, calls));
    await calls;
    const afterwards = await goodCall;
    this.#surroundings.database.clockShiftMs = 0;
    const seen = callers.map((caller, index) =>
      seenOf(caller, isOfDatabase(trial.fault), isOfLine(trial.fault) && trial.callers[index]!.errs ? 1 : 0),
    );
    const { violations, outcomes } = await this.#records.check(callers, seen);
    const isOfWaiting = isOfDatabase(trial.fault);
    const transcripts = isOfWaiting ? callers.map(({ call }) => call?.transcript() ?? []) : [];
    return {
      trial,
      struckAt,
      violations: [...violations, ...transcripts.flatMap(waitedTooLong), ...afterwards],
      heard: seen.map(({ heard }) => heard),
      outcomes,
      longestWaitMs: Math.max(0, ...transcripts.map(longestWait)),
      longestSilenceMs: Math.max(0, ...transcripts.map(longestSilence)),
    };
  }

  async close(): Promise<void> {
    await closeRegistryDatabase();
  }

  async #newCaller(): Promise<Caller> {
    return { ...(await this.#records.newCaller()), call: undefined };
  }

  /** The hotline must recover by itself and give the next caller a password. */
  async #goodCall({ fault }: CallTrial, others: Promise<unknown>): Promise<Violation[]> {
    const { ari, database } = this.#surroundings;
    if (fault.kind === 'events' || fault.kind === 'requests' || fault.kind === 'database')
      await Promise.race([others, pause(waitForNextMs)]);
    ari.restart();
    database.restart();
    const deadline = Date.now() + recoveryMs;
    for (;;) {
      const isWell = await whenHealthy().then(
        () => true,
        () => false,
      );
      if (!isWell) return [{ invariant: 'recovery', what: 'not healthy within 30 s' }];
      const caller = await this.#newCaller();
      await this.#place(caller, {
        startsInMs: 0,
        waits: false,
        errs: false,
        leavesAt: 'told that it changed',
      });
      const call = seenOf(caller, false);
      const { violations } = await this.#records.check([caller], [call]);
      if (violations.length > 0 || call.heard.includes('hotline/changed')) return violations;
      if (Date.now() > deadline)
        return [{ invariant: 'recovery', what: `a good call afterwards heard only ${call.heard.join(' ')}` }];
    }
  }

  /** @param watch what to do at a step; at the latest, it is done when the call ends */
  async #place(caller: Caller, plan: CallerPlan, watch?: { at: Step; act: () => void }): Promise<void> {
    await pause(plan.startsInMs);
    const watching = new AbortController();
    const enough = setTimeout(() => watching.abort(new Error('the call lasts too long')), longestCallMs);
    try {
      const call = await callFrom(caller.phone);
      caller.call = call;
      const seen = (step: Step, act: () => void) =>
        void reached(call, step, watching.signal).then(act, () => undefined);
      if (watch) seen(watch.at, watch.act);
      if (plan.leavesAt) seen(plan.leavesAt, () => void call.hangUp());
      await keyIn(call, caller.code, plan, watching.signal);
      await Promise.race([
        call.ended,
        new Promise((resolve) => watching.signal.addEventListener('abort', resolve)),
      ]);
      await Promise.race([call.hangUp(), pause(5000)]);
    } catch {
      await Promise.race([caller.call?.hangUp(), pause(5000)]); // whatever went wrong, what was heard decides
    } finally {
      clearTimeout(enough);
      watching.abort();
      watch?.act(); // the call never reached the step: a fault that strikes later must do no harm either
    }
  }
}

/** Keys everything in one go, or when asked, and perhaps a wrong code first. */
async function keyIn(
  call: ScriptedCall,
  code: string,
  { waits, errs }: CallerPlan,
  signal: AbortSignal,
): Promise<void> {
  const wrong = code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
  const first = errs ? wrong : code;
  await call.hears('hotline/menu', { signal });
  await call.keys(waits ? '8' : `8${first}`, toneMs);
  if (waits) {
    await call.hears('hotline/enter-code-10', { signal });
    await call.keys(first, toneMs);
  }
  if (!errs) return;
  await call.hears('hotline/enter-again', { signal });
  await call.keys(code, toneMs);
}

/** @param mustBeTold only for faults of the database; any other may lose the apology itself */
function seenOf({ call, masked }: Caller, mustBeTold: boolean, unheardAnswers = 0): CallSeen {
  const heard = soundsOf(call);
  return {
    callId: masked,
    heard,
    // A caller who heard a word from the application has certainly reached it.
    hasReached: heard.some((sound) =>
      /enter-code|please-wait|mismatch|password-intro|hotline\/fault|interrupted/.test(sound),
    ),
    hasStayed: mustBeTold && wasHungUp(call),
    unheardAnswers,
  };
}

/** Resolves when the call has reached this step. */
async function reached(call: ScriptedCall, step: Step, signal: AbortSignal): Promise<void> {
  while (!hasReached(call, step)) {
    signal.throwIfAborted();
    await pause(20);
  }
}
