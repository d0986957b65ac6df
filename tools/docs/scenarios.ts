/** The calls that the pictures in the documents are drawn from. */
import type { Limits } from '../../src/accounts/limits.ts';
import type { Registry } from '../../tests/support/contracts/registry-steps.ts';
import type { Fault } from '../../tests/support/fakes/memory-registry.ts';

/** A caller and a database, for one call. */
export interface Scenario {
  /** Keyed at each question for the code, in turn; an empty text is silence. */
  readonly entries: readonly string[];
  /** Keyed when the operator is offered; absent: silence. */
  readonly atOffer?: '0';
  readonly withheld?: true;
  /** The method of the registry that fails from the first time on, for so many times; all times unless told. */
  readonly away?: readonly [method: keyof Registry, times?: number];
  /** How the registry's methods fail, each the next time it is asked. */
  readonly faults?: readonly (readonly [keyof Registry, Fault])[];
  /** The change takes longer than a caller is left without a word. */
  readonly slow?: true;
  /** Limits across calls that are other than the shipped ones. */
  readonly limits?: Partial<Limits>;
  /** The carrier asserts one number and the caller claims another. */
  readonly contradictory?: true;
}

export const code = '0123456789';
export const wrong = '9999999999';
export const short = '123#';
export const again = '12*';

/** What callers do while everything works. */
export const ordinary: readonly Scenario[] = [
  { entries: [code] },
  { entries: [wrong, wrong, wrong] },
  { entries: [wrong, wrong, wrong], atOffer: '0' },
  { entries: [short, short, short] },
  { entries: ['', '', ''] },
  { entries: ['', wrong, '', wrong, ''] },
  { entries: ['0#'] },
  { entries: [again, code] },
  { entries: [again, short, again, '', code] },
  { entries: [wrong, '0#'] },
  { entries: [wrong, '', code] },
  { entries: [short, wrong, code] },
  { entries: [wrong, short, code] },
  { entries: [], withheld: true },
  { entries: [], withheld: true, atOffer: '0' },
  { entries: [], limits: { callsPerPhone: 0 } },
  { entries: [wrong, wrong], limits: { mismatchesPerPhoneHour: 1 } },
  { entries: [code], limits: { resetsPerAccountDay: 0 } },
  { entries: [code], limits: { mismatchesPerCodeDay: 0 } },
  { entries: [wrong, wrong, wrong], limits: { mismatchesPerCodeDay: 0 } },
  { entries: [code], contradictory: true },
];

/** And what they hear when the database fails or is slow. */
export const faulty: readonly Scenario[] = [
  { entries: [], away: ['openCall'] },
  { entries: [''], away: ['openCall', 1] },
  { entries: [code], away: ['findAccount'] },
  { entries: [wrong, ''], away: ['findAccount', 1] },
  { entries: [code], away: ['prepareReset'] },
  { entries: [code], away: ['prepareReset', 1] },
  { entries: [code], faults: [['activateReset', 'before']] },
  { entries: [code], faults: [['activateReset', 'after-commit']] },
  { entries: [code], faults: [['activateReset', 'before']], away: ['voidReset'] },
  { entries: [code], slow: true },
  { entries: [code], slow: true, faults: [['activateReset', 'before']] },
];
