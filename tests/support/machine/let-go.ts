import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';
import { heardWithinMs, letGoWithinMs, longestSilence } from './longest-silence.ts';

/** The caller hears something within 3 s at every moment, and is led to the operator, who is not cut off. */
export async function isLetGo(
  call: ScriptedCall,
  sinceMs: number,
  apology = 'hotline/interrupted',
): Promise<void> {
  const { atMs } = await call.heardToEnd(apology);
  await call.heardToEnd('hotline/operator-closed');
  await call.heardToEnd('hotline/goodbye');
  expect((await call.ended).by).toBe('pbx');
  expect(longestSilence(call, sinceMs)).toBeLessThan(heardWithinMs);
  expect(atMs - sinceMs).toBeLessThan(letGoWithinMs);
}
