/** How a call ended, in words of our own. */

/** Who hung up, or why nobody could talk. */
export type CallEnd = 'you' | 'hotline' | Failure;
export type Failure = 'unreachable' | 'refused' | 'busy' | 'media' | 'other';

/** By the causes of JsSIP (JsSIP.C.causes). */
const failures: Readonly<Record<string, Failure>> = {
  'Connection Error': 'unreachable',
  'Request Timeout': 'unreachable',
  'Authentication Error': 'refused',
  Rejected: 'refused',
  'Not Found': 'refused',
  Busy: 'busy',
  'WebRTC Error': 'media',
  'RTP Timeout': 'media',
  'Bad Media Description': 'media',
  'Incompatible SDP': 'media',
};

/** @param originator `local`, `remote` or `system`, as JsSIP says it */
export function endOf(originator: string, cause: string): CallEnd {
  if (cause === 'Terminated' || cause === 'Canceled') return originator === 'local' ? 'you' : 'hotline';
  return failures[cause] ?? 'other';
}
