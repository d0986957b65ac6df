/** Collects the steps of one call (registry/call-steps.ts). Bounded, whatever a caller or a line does. */
import { tell } from '../measured.ts';
import { joinSteps, spellOmitted, spellStep, type StepKind } from '../registry/call-steps.ts';

/** The first steps, bytes: a reset with two mistakes takes about 2,000. */
const maxFirst = 3000;
/** Steps whose length is told, by the one that ends them. */
const beginningOf: Partial<Record<StepKind, StepKind>> = {
  answered: 'arrived',
  said: 'says',
  cut: 'says',
  back: 'held',
};

/** The last steps, bytes: how a call ended is worth more than its middle. */
const maxLast = 900;

export class CallSteps {
  readonly #startedAt: number;
  readonly #kept = new KeptSteps();
  readonly #onStep: (spelt: string) => void;
  /** When the last step of each kind was. */
  readonly #lastAt = new Map<StepKind, number>();

  /**
   * @param startedAt when the call arrived, ms on the clock of performance.now()
   * @param onStep is handed every step as it is spelt
   */
  constructor(startedAt: number, onStep: (spelt: string) => void = () => undefined) {
    this.#startedAt = startedAt;
    this.#onStep = onStep;
  }

  /** Notes that something happens now. @param detail from a vocabulary of ours, free of caller data */
  note(kind: StepKind, detail?: string, tookMs?: number): void {
    const atMs = Math.round(performance.now() - this.#startedAt);
    const step = {
      atMs,
      kind,
      ...(detail !== undefined && { detail }),
      ...(tookMs !== undefined && { tookMs: Math.round(tookMs) }),
    };
    const spelt = spellStep(step);
    this.#kept.add(spelt, atMs);
    this.#onStep(spelt);
    this.#tell(kind, atMs, detail, tookMs);
  }

  #tell(kind: StepKind, atMs: number, detail?: string, tookMs?: number): void {
    this.#lastAt.set(kind, atMs);
    const beganAt = this.#lastAt.get(beginningOf[kind] ?? kind) ?? atMs;
    const ms = tookMs ?? (beginningOf[kind] === undefined ? undefined : atMs - beganAt);
    tell('step', { kind, ...(detail !== undefined && { detail }), ...(ms !== undefined && { ms }) });
  }

  /** All of them as they are kept: at most 4,000 bytes of ASCII. */
  toString(): string {
    return this.#kept.toString();
  }
}

/** Of steps as they are spelt, as many as a call may keep. */
export function boundSteps(spelt: readonly string[]): string {
  const kept = new KeptSteps();
  for (const step of spelt) kept.add(step, (JSON.parse(step) as [number])[0]);
  return kept.toString();
}

/** The first and the last steps of a call. */
class KeptSteps {
  readonly #first: string[] = [];
  readonly #last: { readonly spelt: string; readonly atMs: number }[] = [];
  #firstBytes = 0;
  #lastBytes = 0;
  #omitted = 0;
  #omittedAtMs = 0;

  add(spelt: string, atMs: number): void {
    if (this.#last.length === 0 && this.#firstBytes + spelt.length < maxFirst) {
      this.#first.push(spelt);
      this.#firstBytes += spelt.length + 1;
      return;
    }
    this.#last.push({ spelt, atMs });
    this.#lastBytes += spelt.length + 1;
    while (this.#lastBytes > maxLast) this.#omit();
  }

  #omit(): void {
    const oldest = this.#last.shift()!;
    this.#lastBytes -= oldest.spelt.length + 1;
    if (this.#omitted++ === 0) this.#omittedAtMs = oldest.atMs;
  }

  toString(): string {
    const omitted =
      this.#omitted === 0 ? [] : [spellOmitted({ atMs: this.#omittedAtMs, omitted: this.#omitted })];
    return joinSteps([...this.#first, ...omitted, ...this.#last.map(({ spelt }) => spelt)]);
  }
}
