/** What became of a call from a trunk, and how its carrier writes numbers. */
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';
import { logsIn, type Citizen } from './citizens.ts';
import { enterCode } from './phone-call.ts';

export const e164 = (phone: string): string => `+84${phone.slice(1)}`;
export const digits = (phone: string): string => e164(phone).slice(1);

/** The caller hears a password, and it is the account's. */
export async function isServed(call: ScriptedCall, citizen: Citizen): Promise<void> {
  await enterCode(call, citizen.code);
  await call.hears('hotline/changed');
  await call.hangUp();
  expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
}

/** The caller is told that the number is unknown and offered the operator; no code is asked for. */
export async function isNobody(call: ScriptedCall, claimed: Citizen): Promise<void> {
  await call.hears('hotline/menu');
  await call.keys(`8${claimed.code}`);
  await call.heardToEnd('hotline/no-identity');
  await call.hears('hotline/offer-operator');
  await call.hangUp();
  expect(await logsIn(claimed, claimed.oldPassword)).toBe(true);
}
