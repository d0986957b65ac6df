import type { CallBackLine } from '../call/call-back-line.ts';
import { whenAborted } from '../timing/when-aborted.ts';
import type { Admission } from './admission.ts';

/**
 * The line on which the hotline calls back. Once answered, a call-back is a call like any other: a
 * drain waits until it has ended.
 */
export function openOutgoingLine(pbx: CallBackLine, admission: Admission): CallBackLine {
  return {
    async dial(number, dial) {
      if (admission.isClosed) return 'failed';
      const answered = await pbx.dial(number, dial);
      if (typeof answered === 'string') return answered;
      return new Promise((resolve) =>
        admission.admitOutgoing(answered, (line) => {
          resolve(line);
          return new Promise((ended) => whenAborted(line.gone, ended));
        }),
      );
    },
  };
}
