/** The calls that the pictures in the documents are drawn from. */
import type { Limits } from '../../src/accounts/limits.ts';
import type { Registry } from '../../src/registry/registry.ts';
import type { Fault } from '../../src/simulation/memory-faults.ts';

/** What one caller does, and how the registry behaves meanwhile. */
export interface Scenario {
  /** What is keyed each time the code is asked for; an empty text is silence. */
  readonly attempts: readonly string[];
  /** A key for each time the operator is offered; silence when none is left. */
  readonly atOffer?: '0' | '1' | '10';
  /** A key for each time another reading is offered; silence when none is left. */
  readonly atReading?: '1' | '11';
  readonly withheld?: true;
  /** Methods of the registry that cannot reach the database. */
  readonly unreachable?: readonly (keyof Registry)[];
  /** How often they cannot; absent: every time. */
  readonly times?: number;
  /** Methods of the registry that fail once, and how. */
  readonly faults?: readonly (readonly [keyof Registry, Fault])[];
  /** Storing the password takes so long that the caller is asked to wait. */
  readonly slow?: true;
  /** Limits across calls that differ from the shipped ones. */
  readonly limits?: Partial<Limits>;
  /** The carrier asserts one number and the caller claims another. */
  readonly contradictory?: true;
  /** How long it may usually take: one minute of the tariff. */
  readonly maxSeconds?: number;
}

export const code = '0123456789';
export const wrong = '9999999999';
export const short = '123#';
export const again = '12*';

/** The calls behind the table in README: the way to a new password, and why it may not be given. */
export const summary: readonly Scenario[] = [
  { attempts: [code] },
  { attempts: [wrong, wrong, wrong], atOffer: '0' },
  { attempts: [], withheld: true },
  { attempts: [wrong, wrong], limits: { mismatchesPerPhoneHour: 1 } },
  { attempts: [code], limits: { resetsPerAccountDay: 0 } },
  { attempts: [code], limits: { mismatchesPerCodeDay: 0 } },
  { attempts: [code], contradictory: true },
  { attempts: ['0#'] },
];

/** Every path while everything works. */
export const ordinary: readonly Scenario[] = [
  { attempts: [code], maxSeconds: 60 },
  { attempts: [code], atReading: '1' },
  { attempts: [code], atReading: '11' },
  { attempts: [wrong, wrong, wrong] },
  { attempts: [wrong, wrong, wrong], atOffer: '0' },
  { attempts: [wrong, wrong, wrong], atOffer: '1' },
  { attempts: [wrong, wrong, wrong], atOffer: '10' },
  { attempts: [short, short, short] },
  { attempts: ['', '', ''] },
  { attempts: ['', wrong, '', wrong, ''] },
  { attempts: ['0#'] },
  { attempts: [again, code] },
  { attempts: [again, short, again, '', code] },
  { attempts: [wrong, '0#'] },
  { attempts: [wrong, '', code] },
  { attempts: [short, wrong, code] },
  { attempts: [wrong, short, code] },
  { attempts: [], withheld: true },
  { attempts: [], withheld: true, atOffer: '0' },
  { attempts: [], withheld: true, atOffer: '1' },
  { attempts: [], limits: { callsPerPhone: 0 } },
  { attempts: [], limits: { mismatchesPerPhoneHour: 0 } },
  { attempts: [wrong, wrong], limits: { mismatchesPerPhoneHour: 1 } },
  { attempts: [code], limits: { resetsPerAccountDay: 0 } },
  { attempts: [code], limits: { mismatchesPerCodeDay: 0 } },
  { attempts: [wrong, wrong, wrong], limits: { mismatchesPerCodeDay: 0 } },
  { attempts: [code], contradictory: true },
];

/** The paths when the database fails or is slow. */
export const faulty: readonly Scenario[] = [
  { attempts: [], unreachable: ['openCall'] },
  { attempts: [''], unreachable: ['openCall'], times: 1 },
  { attempts: [code], unreachable: ['checkAttempt'] },
  { attempts: [wrong, ''], unreachable: ['checkAttempt'], times: 1 },
  { attempts: [code], unreachable: ['checkAttempt'], times: 1 },
  { attempts: [code], unreachable: ['activateReset'] },
  { attempts: [code], unreachable: ['activateReset'], times: 1 },
  { attempts: [code], faults: [['activateReset', 'after-commit']] },
  { attempts: [code], unreachable: ['activateReset', 'readReset', 'voidReset'] },
  { attempts: [code], slow: true },
  { attempts: [code], slow: true, unreachable: ['activateReset'] },
];
