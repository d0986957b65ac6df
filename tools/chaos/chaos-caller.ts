/** A caller of a trial: places a real call, keys what is asked for, leaves when planned. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import type { TranscriptEntry } from '../../src/sip-caller/transcript.ts';
import { callFrom } from '../../tests/support/machine/phone-call.ts';
import type { ChaosCitizen } from './call-records.ts';
import type { Step } from './call-step.ts';
import type { CallerPlan } from './call-trial.ts';
import { hasReached } from './heard.ts';

/** Longer than a call that is put on hold until it is released, in the third reading. */
const longestCallMs = 160_000;
const lookEveryMs = 20;
/** A person who hears nothing after a question keys again. */
const keysAgainMs = 2000;
const toneMs = { toneMs: 80, gapMs: 80 };

export class ChaosCaller {
  readonly citizen: ChaosCitizen;
  readonly plan: CallerPlan;
  #call: ScriptedCall | undefined;
  #hasErred = false;
  #hasAskedAgain = false;

  constructor(citizen: ChaosCitizen, plan: CallerPlan) {
    this.citizen = citizen;
    this.plan = plan;
  }

  /** Undefined until it is answered. */
  get call(): ScriptedCall | undefined {
    return this.#call;
  }

  get transcript(): readonly TranscriptEntry[] {
    return this.#call?.transcript() ?? [];
  }

  /**
   * Resolves when the call is over, whatever went wrong: what was heard decides.
   *
   * @param watch what to do at a step; at the latest, it is done when the call ends
   */
  async place(watch?: { at: Step; act: () => void }): Promise<void> {
    await pause(this.plan.startsInMs);
    const over = new AbortController();
    const endless = setTimeout(() => over.abort(), longestCallMs);
    try {
      const call = (this.#call = await callFrom(this.citizen.phone));
      if (watch) void reached(call, watch.at, over.signal).then(watch.act);
      if (this.plan.leavesAt) void reached(call, this.plan.leavesAt, over.signal).then(() => call.hangUp());
      await Promise.race([call.ended, this.#answerQuestions(call, over.signal)]);
    } catch {
      // the PBX does not answer
    } finally {
      clearTimeout(endless);
      over.abort();
      await Promise.race([this.#call?.hangUp(), pause(5000)]);
      watch?.act(); // the call never reached the step: a fault that strikes later must do no harm either
    }
  }

  /** Keys everything in one go, or when asked; perhaps a wrong code first; and again what was lost. */
  async #answerQuestions(call: ScriptedCall, over: AbortSignal): Promise<void> {
    const { code } = this.citizen;
    await until(() => hasReached(call, 'menu'), over);
    await this.#key(call, this.plan.waits ? '8' : `8${this.#nextCode(code)}`);
    while (!over.aborted) {
      const question = unansweredQuestion(call, this.plan.waits ? 0 : keysAgainMs);
      if (question === 'hotline/menu') await this.#key(call, '8');
      else if (question !== undefined) await this.#key(call, this.#nextCode(code));
      else if (this.#wantsReading(call)) await this.#key(call, '1');
      await pause(lookEveryMs);
    }
  }

  /** Whether it is time to ask for a third reading; once. */
  #wantsReading(call: ScriptedCall): boolean {
    const last = call.transcript().at(-1);
    if (!this.plan.hearsAgain || this.#hasAskedAgain || last?.kind !== 'heard') return false;
    this.#hasAskedAgain = last.name === 'hotline/offer-reading';
    return this.#hasAskedAgain;
  }

  #nextCode(code: string): string {
    const isWrong = this.plan.errs && !this.#hasErred;
    this.#hasErred = true;
    return isWrong ? code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10)) : code;
  }

  async #key(call: ScriptedCall, keys: string): Promise<void> {
    await Promise.race([call.ended, call.keys(keys, toneMs)]);
  }
}

/** The question that is being asked, or was `afterMs` ago, if nothing has happened since. */
function unansweredQuestion(call: ScriptedCall, afterMs: number): string | undefined {
  const last = call.transcript().findLast((entry) => entry.kind !== 'held' || !entry.wasRefused);
  if (last?.kind !== 'heard' || !/^hotline\/(menu|enter-code-10|enter-again)$/.test(last.name))
    return undefined;
  const askedAtMs = last.name === 'hotline/enter-again' ? last.atMs : last.endedAtMs;
  return askedAtMs !== undefined && call.nowMs - askedAtMs >= afterMs ? last.name : undefined;
}

/** Resolves when the call has reached this step; never, if it does not. */
async function reached(call: ScriptedCall, step: Step, over: AbortSignal): Promise<void> {
  await until(() => hasReached(call, step), over);
  if (!hasReached(call, step)) await new Promise(() => undefined);
}

async function until(condition: () => boolean, over: AbortSignal): Promise<void> {
  while (!condition() && !over.aborted) await pause(lookEveryMs);
}
