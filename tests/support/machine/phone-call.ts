/** Calls of the end-to-end tests, from the trunk or a softphone, over real SIP and RTP. */
import { join } from 'node:path';
import { placeCall, type PlaceCallOptions } from '../../../src/sip-caller/caller.ts';
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';
import type { RowDataPacket } from 'mysql2/promise';
import { readSteps } from '../../../src/registry/call-steps.ts';
import { registryDatabase } from './citizens.ts';
import { until } from '../until.ts';

export const soundsDirectory = join(import.meta.dirname, '../../../sounds/vi');

/** Calls the hotline from the carrier's trunk. The test need not end the call. */
export async function callFrom(
  phone: string,
  options: Partial<PlaceCallOptions> = {},
): Promise<ScriptedCall> {
  return placeCall({ identity: { from: phone }, soundsDirectory, ...options });
}

/** Presses 8 in the menu and keys the code when asked. */
export async function enterCode(call: ScriptedCall, code: string): Promise<void> {
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.hears('hotline/enter-code-10');
  await call.keys(code);
}

/** What the caller heard, in order: the names of prompts, and each reading as its digits. */
export function said(call: ScriptedCall): string[] {
  const sentence: string[] = [];
  for (const entry of call.transcript()) {
    if (entry.kind !== 'heard') continue;
    const digit = /^digits\/(\d)$/.exec(entry.name)?.[1];
    const last = sentence.at(-1);
    if (digit === undefined) sentence.push(entry.name.replace('hotline/', ''));
    else if (last !== undefined && /^\d+$/.test(last)) sentence.splice(-1, 1, last + digit);
    else sentence.push(digit);
  }
  return sentence;
}

/** Waits for `count` terminal audit rows of calls from this number and returns them. */
export async function auditOf(phone: string, count = 1): Promise<{ outcome: string; reason: string }[]> {
  const masked = `+84***${phone.slice(-4)}`;
  const read = async () => {
    const [rows] = await registryDatabase().query<({ outcome: string; reason: string } & RowDataPacket)[]>(
      'SELECT outcome, reason FROM audit_log WHERE masked_phone = ? ORDER BY id',
      [masked],
    );
    return rows;
  };
  await until(async () => (await read()).length >= count);
  return (await read()).map(({ outcome, reason }) => ({ outcome, reason }));
}

/** Waits for the steps that are kept of the call from this number, and returns what each says: `code match`. */
export async function stepsOf(phone: string): Promise<string[]> {
  const read = async () => {
    const [rows] = await registryDatabase().query<({ steps: string } & RowDataPacket)[]>(
      'SELECT steps FROM call_steps JOIN audit_log USING (call_id) WHERE masked_phone = ?',
      [`+84***${phone.slice(-4)}`],
    );
    return rows[0]?.steps;
  };
  await until(async () => (await read()) !== undefined);
  return readSteps((await read())!).map((step) =>
    'kind' in step ? `${step.kind} ${step.detail ?? ''}`.trim() : '...',
  );
}

/** What the request INFO carries for a key. */
export const keyByInfo = (key: string) => ({
  headers: [['Content-Type', 'application/dtmf-relay']] as const,
  body: `Signal=${key}\r\nDuration=100\r\n`,
});
