/**
 * Decides after a trial whether the hotline kept its promises (the invariants I1–I5 of
 * docs/call-flow.md). Pure: it sees what was heard and what the database holds, and says what is wrong.
 */

/** One call as its caller experienced it. */
export interface CallSeen {
  readonly callId: string;
  /**
   * Names of the sounds that began, in order: `hotline/changed`, `digits/7`. Of a real call, what its phone
   * received while it was not on hold; {@link held} where it went on hold.
   */
  readonly heard: readonly string[];
  /** Whether the call reached the application: the caller has heard it. */
  readonly hasReached: boolean;
  /** Whether the caller stayed to the end of what was said. */
  readonly hasStayed: boolean;
  /**
   * Wrong codes whose answer the line may have lost, because the fault struck the PBX and not the
   * check, or the caller cut short. Default 0.
   */
  readonly unheardAnswers?: number;
}

/** The account that all calls of a trial were about, and what was recorded of them. */
export interface RegistrySeen {
  /** The account's hash; null: the account is gone. */
  readonly hash: string | null;
  readonly oldHash: string;
  /** The spoken passwords that verify against `hash`. */
  readonly verifying: readonly string[];
  /** Terminal rows, oldest first. */
  readonly audit: readonly { readonly callId: string; readonly outcome: string }[];
  /** Calls still open. */
  readonly open: readonly string[];
  readonly prepared: number;
  readonly activated: number;
  /** Messages to the account's owner. */
  readonly notifications: number;
  /** By call: attempts that count against the caller's phone, or against the code. */
  readonly charged: Readonly<Record<string, number>>;
  /** Accounts that changed although no call was about them. */
  readonly othersChanged: number;
}

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I8' | 'charge' | 'recovery';

export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
}

/** In what was heard: from here on the phone took no sound for a while. */
export const held = 'the phone took no sound';

/** The readings of a call, in order; a hold ends one. `whole`: the sound after the last digit began. */
export function readings(heard: readonly string[]): { readonly digits: string; readonly whole: boolean }[] {
  const found: { digits: string; whole: boolean }[] = [];
  let isReading = false;
  for (const [index, sound] of heard.entries()) {
    const digit = /^digits\/(\d)$/.exec(sound)?.[1];
    if (digit !== undefined) {
      if (!isReading) found.push({ digits: '', whole: false });
      const reading = found.at(-1)!;
      found.splice(-1, 1, {
        digits: reading.digits + digit,
        whole: ![undefined, held].includes(heard[index + 1]),
      });
      isReading = true;
    } else if (sound !== 'hotline/pause' && sound !== 'hotline/silence') isReading = false;
  }
  return found;
}

/**
 * The password a call has spoken from the first to the last digit before it said that this is the new one, or
 * null. A reading that a hold interrupts begins anew, so it need not be the first.
 */
export function spokenPassword({ heard }: Pick<CallSeen, 'heard'>, length: number): string | null {
  const isBefore = heard.includes('hotline/changed') ? heard.indexOf('hotline/changed') + 1 : heard.length;
  const whole = readings(heard.slice(0, isBefore)).filter((each) => each.whole);
  return whole.find(({ digits }) => digits.length === length)?.digits ?? null;
}

/** Everything that is wrong after a trial; empty if nothing is. */
export function violations(
  calls: readonly CallSeen[],
  registry: RegistrySeen,
  passwordLength: number,
): Violation[] {
  return [
    ...told(calls, registry, passwordLength),
    ...stored(calls, registry, passwordLength),
    ...prepared(registry),
    ...calls.flatMap((call) => recorded(call, registry)),
    ...consistent(registry),
    ...calls.flatMap((call) => charged(call, registry)),
    ...calls.flatMap(answered),
  ];
}

const isTold = (call: CallSeen, prompt: string) => call.heard.includes(`hotline/${prompt}`);
const outcomeOf = (call: CallSeen, { audit }: RegistrySeen) =>
  audit.find(({ callId }) => callId === call.callId)?.outcome;

/** The call that changed the account last. Of several, only its password is still the account's. */
function lastChange(calls: readonly CallSeen[], { audit }: RegistrySeen): CallSeen | undefined {
  const row = audit.filter(({ outcome }) => outcome === 'changed').at(-1);
  return calls.find(({ callId }) => callId === row?.callId);
}

/**
 * I1, and its reverse: after "not changed" the account has not changed. I3 is I1 after the killed
 * process is back.
 */
function told(calls: readonly CallSeen[], registry: RegistrySeen, length: number): Violation[] {
  const last = lastChange(calls, registry);
  return calls.flatMap((call): Violation[] => {
    const found: Violation[] = [];
    const spoken = spokenPassword(call, length);
    if (isTold(call, 'changed')) {
      if (spoken === null)
        found.push({ invariant: 'I1', what: 'told "changed" without having heard the whole password' });
      if (outcomeOf(call, registry) !== 'changed')
        found.push({ invariant: 'I3', what: 'told "changed", and no such change is on record' });
      if (call === last || last === undefined) {
        if (spoken !== null && !registry.verifying.includes(spoken))
          found.push({ invariant: 'I1', what: 'told "changed", and the password spoken does not verify' });
      }
      // A part of it, if a hold hid the beginning.
      const other = readings(call.heard).find(({ digits }) => !spoken?.includes(digits));
      if (spoken !== null && other !== undefined)
        found.push({ invariant: 'I1', what: 'another reading was of another password' });
    }
    if (isTold(call, 'fault') && outcomeOf(call, registry) === 'changed')
      found.push({ invariant: 'I1', what: 'told "not changed", and it was' });
    return found;
  });
}

/** I2, and nothing is stored that was not heard first. */
function stored(calls: readonly CallSeen[], registry: RegistrySeen, length: number): Violation[] {
  if (registry.hash === null) return [{ invariant: 'I2', what: 'the account is gone' }];
  if (registry.hash === registry.oldHash) {
    return lastChange(calls, registry)
      ? [{ invariant: 'I2', what: 'a change is on record, and the account has the old password' }]
      : [];
  }
  const last = lastChange(calls, registry);
  if (last === undefined)
    return [{ invariant: 'I2', what: 'the account has a new password, and no change is on record' }];
  const spoken = spokenPassword(last, length);
  if (spoken === null) return [{ invariant: 'I2', what: 'a password was stored that was not heard whole' }];
  return registry.verifying.includes(spoken)
    ? []
    : [
        {
          invariant: 'I2',
          what: 'the account has a password that is neither the old one nor the one spoken',
        },
      ];
}

/** I4: nothing stays prepared once its call is over, and no other account is touched. */
function prepared({ prepared: left, othersChanged }: RegistrySeen): Violation[] {
  return [
    ...(left > 0
      ? [{ invariant: 'I4', what: `${left} resets are still prepared after the calls` } as const]
      : []),
    ...(othersChanged > 0
      ? [{ invariant: 'I4', what: `${othersChanged} accounts changed that nobody called about` } as const]
      : []),
  ];
}

/** I5: one terminal row a call, and the call no longer open. */
function recorded({ callId, hasReached }: CallSeen, { audit, open }: RegistrySeen): Violation[] {
  const rows = audit.filter((row) => row.callId === callId).length;
  const expected = hasReached ? rows === 1 : rows <= 1;
  return [
    ...(expected ? [] : [{ invariant: 'I5', what: `a call has ${rows} terminal rows` } as const]),
    ...(open.includes(callId)
      ? [{ invariant: 'I5', what: 'a call that is over is still open' } as const]
      : []),
  ];
}

/** I5: a change on record, an activated reset and a message to the owner come together or not at all. */
function consistent({ audit, activated, notifications }: RegistrySeen): Violation[] {
  const changes = audit.filter(({ outcome }) => outcome === 'changed').length;
  if (changes === activated && changes === notifications) return [];
  return [
    {
      invariant: 'I5',
      what: `${changes} changes on record, ${activated} resets activated, ${notifications} messages to the owner`,
    },
  ];
}

/** A caller who was told of a fault, or got the password, is not charged for an attempt without an answer. */
function charged(call: CallSeen, registry: RegistrySeen): Violation[] {
  if (!['fault', 'changed'].includes(outcomeOf(call, registry) ?? '')) return [];
  const told = call.heard.filter((sound) => sound === 'hotline/mismatch').length + (call.unheardAnswers ?? 0);
  const counted = registry.charged[call.callId] ?? 0;
  return counted <= told
    ? []
    : [{ invariant: 'charge', what: `${counted} attempts charged, ${told} answered` }];
}

/** A caller who stays hears how the call ended: a result or an apology, and goodbye. */
function answered({ heard, hasReached, hasStayed }: CallSeen): Violation[] {
  if (!hasReached || !hasStayed || heard.includes('hotline/goodbye')) return [];
  return [{ invariant: 'I8', what: 'the call ended without a word' }];
}
