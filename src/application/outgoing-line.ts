import type { CallBackLine } from '../call/call-back-line.ts';
import { whenAborted } from '../timing/when-aborted.ts';
import type { Admission } from './admission.ts';

/**
 * The line on which the hotline calls back: once answered, a call-back is one of the calls that a
 * drain waits for, until it is over.
 */
export function openOutgoingLine(pbx: CallBackLine, admission: Admission): CallBackLine {
  return {
    async dial(number, dial) {
      if (admission.isClosed) return 'failed';
      const answered = await pbx.dial(number, dial);
      if (typeof answered === 'string') return answered;
      return new Promise((resolve) =>
        admission.attendQuietly(answered, (line) => {
          resolve(line);
          return new Promise((over) => whenAborted(line.gone, over));
        }),
      );
    },
  };
}
