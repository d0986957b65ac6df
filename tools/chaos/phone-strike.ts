/** What the phones of a trial do to the line: they hold, and come back or not. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import type { CallFault } from './call-fault.ts';

/** Holds as the fault says. What arrives meanwhile does not count as heard, whatever the PBX goes on sending. */
export async function holdPhone(
  call: ScriptedCall,
  fault: Extract<CallFault, { kind: 'hold' }>,
): Promise<void> {
  const ended = call.ended.then(() => undefined);
  await Promise.race([ended, call.hold(fault)]);
  if (fault.ms === null) return;
  await Promise.race([ended, pause(fault.ms)]);
  await Promise.race([ended, call.resume(fault.offeredIn)]);
}
