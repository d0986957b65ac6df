/** Callers who are called back, and what becomes of it. */
import type { RowDataPacket } from 'mysql2/promise';
import type { PlaceCallOptions } from '../../../src/sip-caller/caller.ts';
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';
import { registryDatabase, type Citizen } from './citizens.ts';
import { callFrom, enterCode } from './phone-call.ts';

/** As a called phone's number stands in the request. */
export const e164 = (phone: string): string => `+84${phone.slice(1)}`;

/** The carrier asserts the citizen's number, but From is another; the code is right. */
export async function doubtfulCall(
  { phone, code }: Citizen,
  options: Partial<PlaceCallOptions> = {},
): Promise<ScriptedCall> {
  const call = await callFrom(phone, { identity: { from: '0911000000', pai: phone }, ...options });
  await enterCode(call, code);
  return call;
}

/** How many resets of the citizen could still be activated. */
export async function preparedResets({ code }: Citizen): Promise<number> {
  const [[row]] = await registryDatabase().query<({ prepared: number } & RowDataPacket)[]>(
    "SELECT COUNT(*) AS prepared FROM resets JOIN accounts ON accounts.id = resets.account_id WHERE accounts.bhxh_code = ? AND resets.state = 'prepared'",
    [code],
  );
  return row!.prepared;
}
