/** Places the calls of a trial, makes the fault strike, and checks the result. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { hashPassword } from '../../src/accounts/password-hash.ts';
import { closeRegistryDatabase } from '../../tests/support/machine/citizens.ts';
import { whenHealthy } from '../../tests/support/machine/hotline-under-test.ts';
import { isOfLine, type CallFault } from './call-fault.ts';
import { CallRecords } from './call-records.ts';
import type { Step } from './call-step.ts';
import { strike, type Surroundings } from './call-strike.ts';
import type { CallTrial } from './call-trial.ts';
import { ChaosCaller } from './chaos-caller.ts';
import type { CallSeen, Violation } from './checker.ts';
import { soundsOf, stepOf } from './heard.ts';
import { boundOf, brokenBounds, experienceOf, type Experience } from './silence-bound.ts';

export interface CallResult {
  readonly trial: CallTrial;
  /** The steps at which the fault found the calls in progress. */
  readonly struckAt: readonly Step[];
  readonly violations: readonly Violation[];
  /**
   * The trial's own process, which receives the calls, stood still for so long that nobody can say whether a silence
   * kept its bound; nothing else was wrong.
   */
  readonly isInDoubt: boolean;
  /** How often it was run again for that reason. */
  readonly repeats: number;
  /** By caller. */
  readonly callers: readonly (Experience & { readonly heard: readonly string[] })[];
  /** Outcomes on record, oldest first. */
  readonly outcomes: readonly string[];
}

/**
 * From the repair of the fault until a call must succeed. Asterisk may still be loading its
 * dialplan when /health finds it.
 */
const recoveryMs = 30_000;
/** How long a fault of the next events, requests or statements waits for them: they may never come. */
const waitForNextMs = 12_000;
/** Faults that are not over when they have been made. */
const lasting: readonly CallFault['kind'][] = ['events', 'requests', 'database', 'forget-connections'];

export class CallStage {
  readonly #surroundings: Surroundings;
  readonly #records = new CallRecords(hashPassword('00000000'));

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async run(trial: CallTrial): Promise<CallResult> {
    await whenHealthy();
    await this.#records.begin();
    const stalls = monitorEventLoopDelay({ resolution: 20 });
    stalls.enable();
    const callers = await Promise.all(
      trial.callers.map(async (plan) => new ChaosCaller(await this.#records.newCitizen(), plan)),
    );
    const { struckAt, afterwards } = await this.#placeCalls(trial, callers);
    await this.#restoreClocks(trial.fault);
    stalls.disable();
    const seen = callers.map((caller) => {
      const { errs, waits } = caller.plan;
      // Who does not wait keys again, and may cut the answer short before it is recognised.
      const mayBeUnheard = errs && (isOfLine(trial.fault) || !waits);
      return seenOf(caller, mayBeUnheard ? 1 : 0);
    });
    const experiences = callers.map(({ transcript, plan }) =>
      experienceOf(transcript, plan.leavesAt !== null),
    );
    const { violations, outcomes } = await this.#records.check(
      callers.map(({ citizen }) => citizen),
      seen,
    );
    const broken = (lateMs: number) =>
      callers.flatMap(({ transcript }, index) =>
        brokenBounds(transcript, experiences[index]!, boundOf(trial.fault), lateMs),
      );
    const others = [...violations, ...afterwards];
    return {
      trial,
      struckAt,
      violations: [...others, ...broken(0)],
      repeats: 0,
      isInDoubt: others.length === 0 && broken(0).length > 0 && broken(stalls.max / 1e6).length === 0,
      callers: experiences.map((each, index) => ({ ...each, heard: seen[index]!.heard })),
      outcomes,
    };
  }

  async close(): Promise<void> {
    await closeRegistryDatabase();
  }

  /** Resolves when the calls are over and the hotline has recovered, or has not. */
  async #placeCalls(
    { step, fault }: CallTrial,
    callers: readonly ChaosCaller[],
  ): Promise<{ struckAt: readonly Step[]; afterwards: readonly Violation[] }> {
    const struckAt: Step[] = [];
    const striking = Promise.withResolvers<readonly Violation[]>();
    const over = Promise.withResolvers<void>();
    let isStruck = false;
    const act = () => {
      if (isStruck) return;
      isStruck = true;
      const found = callers.filter(({ call }) => stepOf(call) !== null);
      struckAt.push(...found.map(({ call }) => stepOf(call)!));
      const struck = { calls: found.map(({ call }) => call!), over: over.promise };
      striking.resolve(strike(fault, this.#surroundings, struck));
    };
    const calls = Promise.all(
      callers.map((caller, index) => caller.place(index === 0 ? { at: step, act } : undefined)),
    ).then(() => over.resolve());
    const afterwards = striking.promise.then(async (found) => [
      ...found,
      ...(await this.#goodCall(fault, calls)),
    ]);
    await calls;
    return { struckAt, afterwards: await afterwards };
  }

  /** The hotline must recover by itself and give the next caller a password. */
  async #goodCall({ kind }: CallFault, others: Promise<unknown>): Promise<Violation[]> {
    const { ari, database } = this.#surroundings;
    if (lasting.includes(kind)) await Promise.race([others, pause(waitForNextMs)]);
    ari.restart();
    database.restart();
    const deadline = Date.now() + recoveryMs;
    for (;;) {
      const isWell = await whenHealthy().then(
        () => true,
        () => false,
      );
      if (!isWell) return [{ invariant: 'recovery', what: 'not healthy within 30 s' }];
      const asks = { waits: false, errs: false, hearsAgain: false };
      const plan = { startsInMs: 0, ...asks, leavesAt: 'told that it changed' } as const;
      const caller = new ChaosCaller(await this.#records.newCitizen(), plan);
      await caller.place();
      const call = seenOf(caller, 0);
      const { violations } = await this.#records.check([caller.citizen], [call]);
      if (violations.length > 0 || call.heard.includes('hotline/changed')) return violations;
      if (Date.now() > deadline)
        return [{ invariant: 'recovery', what: `a good call afterwards heard only ${call.heard.join(' ')}` }];
    }
  }

  async #restoreClocks(fault: CallFault): Promise<void> {
    this.#surroundings.database.clockShiftMs = 0;
    if (fault.kind === 'jump-clock' && fault.of === 'pbx') await this.#surroundings.pbxClock.restore();
  }
}

function seenOf({ call, citizen }: ChaosCaller, unheardAnswers: number): CallSeen {
  const heard = soundsOf(call);
  return {
    callId: citizen.masked,
    heard,
    // A caller who heard a word from the application has certainly reached it.
    hasReached: heard.some((sound) =>
      /enter-code|please-wait|mismatch|password-intro|hotline\/fault/.test(sound),
    ),
    hasStayed: false, // what may end without a word depends on the fault: silence-bound.ts
    unheardAnswers,
  };
}
