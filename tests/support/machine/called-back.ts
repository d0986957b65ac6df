/** Callers who are called back, and what their calls leave in the registry. */
import type { RowDataPacket } from 'mysql2/promise';
import type { PlaceCallOptions } from '../../../src/sip-caller/caller.ts';
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';
import { registryDatabase, type Citizen } from './citizens.ts';
import { callFrom, enterCode } from './phone-call.ts';

/** The number of a called phone, as written in the request. */
export const e164 = (phone: string): string => `+84${phone.slice(1)}`;

/** A call with the right code by a doubtful caller: the carrier asserts the citizen's number, From is another. */
export async function doubtfulCall(
  { phone, code }: Citizen,
  options: Partial<PlaceCallOptions> = {},
): Promise<ScriptedCall> {
  const call = await callFrom(phone, { identity: { from: '0911000000', pai: phone }, ...options });
  await enterCode(call, code);
  return call;
}

/** Counts the citizen's resets that could still be activated. */
export async function preparedResets({ code }: Citizen): Promise<number> {
  const [[row]] = await registryDatabase().query<({ prepared: number } & RowDataPacket)[]>(
    "SELECT COUNT(*) AS prepared FROM resets JOIN accounts ON accounts.id = resets.account_id WHERE accounts.bhxh_code = ? AND resets.state = 'prepared'",
    [code],
  );
  return row!.prepared;
}
