/** The calls that a process serves, as the console lists them. */
import { CallsUnderWay } from '../../src/records/calls-under-way.ts';
import { spellStep } from '../../src/registry/call-steps.ts';

test('a call is listed from its arrival to its end, with its latest step and what is known of its caller', () => {
  const calls = new CallsUnderWay();
  calls.note({ callId: 'a', maskedPhone: '' });
  calls.note({ callId: 'b', maskedPhone: '' });
  calls.noteStep('a', spellStep({ atMs: 10, kind: 'answered' }));
  calls.note({ callId: 'a', maskedPhone: '+84***5678' });
  calls.noteStep('a', spellStep({ atMs: 90, kind: 'code', detail: 'match', tookMs: 4 }));
  expect(calls.list()).toEqual([
    {
      ...{ callId: 'a', maskedPhone: '+84***5678', sinceMs: expect.any(Number) as number },
      step: { atMs: 90, kind: 'code', detail: 'match', tookMs: 4 },
    },
    { callId: 'b', maskedPhone: '', sinceMs: expect.any(Number) as number, step: null },
  ]);
  calls.end('a');
  calls.noteStep('a', spellStep({ atMs: 99, kind: 'ended' })); // comes too late, and brings nothing back
  expect(calls.list().map(({ callId }) => callId)).toEqual(['b']);
});
