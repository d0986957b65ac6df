import type { DialplanExit } from '../../call/channel.ts';

/** The contexts of extensions-hotline.conf to which a call can be handed back. */
export const exits: Record<DialplanExit, string> = {
  operator: 'hotline-asked-operator',
  unavailable: 'hotline-unavailable',
  busy: 'hotline-busy',
};
