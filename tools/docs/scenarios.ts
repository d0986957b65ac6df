/** The calls that the pictures in the documents are drawn from. */
import type { Limits } from '../../src/accounts/limits.ts';
import type { Registry } from '../../tests/support/contracts/registry-steps.ts';
import type { Fault } from '../../tests/support/fakes/memory-registry.ts';

/** What one caller does, and how the registry behaves meanwhile. */
export interface Scenario {
  /** What is keyed each time the code is asked for; an empty text is silence. */
  readonly entries: readonly string[];
  /** Keyed when the operator is offered; absent: silence. */
  readonly atOffer?: '0';
  readonly withheld?: true;
  /** The method of the registry that fails, and how often; every time if no number is given. */
  readonly away?: readonly [method: keyof Registry, times?: number];
  /** Methods of the registry that fail once, and how. */
  readonly faults?: readonly (readonly [keyof Registry, Fault])[];
  /** Storing the password takes so long that the caller is asked to wait. */
  readonly slow?: true;
  /** Limits across calls that differ from the shipped ones. */
  readonly limits?: Partial<Limits>;
  /** The carrier asserts one number and the caller claims another. */
  readonly contradictory?: true;
}

export const code = '0123456789';
export const wrong = '9999999999';
export const short = '123#';
export const again = '12*';

/** The calls behind the table in README: the way to a new password, and why it may not be given. */
export const summary: readonly Scenario[] = [
  { entries: [code] },
  { entries: [wrong, wrong, wrong], atOffer: '0' },
  { entries: [], withheld: true },
  { entries: [wrong, wrong], limits: { mismatchesPerPhoneHour: 1 } },
  { entries: [code], limits: { resetsPerAccountDay: 0 } },
  { entries: [code], limits: { mismatchesPerCodeDay: 0 } },
  { entries: [code], contradictory: true },
  { entries: ['0#'] },
];

/** Every path while everything works. */
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

/** The paths when the database fails or is slow. */
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
