/** What happens in a simulated call, as its caller has it. Times are ms after the answer. */
import type { Sound } from '../call/channel.ts';

/** Who or what ended a call. `operator`: the dialplan passes it on; `dialplan`: a key led to steps of the site's own. */
export type EndedBy = 'caller' | 'hotline' | 'operator' | 'dialplan' | 'pbx';

export type CallEvent =
  | { readonly kind: 'heard'; readonly atMs: number; readonly sound: Sound; readonly lengthMs: number }
  | { readonly kind: 'keyed'; readonly atMs: number; readonly keys: string }
  | { readonly kind: 'trouble'; readonly atMs: number; readonly what: string }
  | { readonly kind: 'ended'; readonly atMs: number; readonly by: EndedBy };
