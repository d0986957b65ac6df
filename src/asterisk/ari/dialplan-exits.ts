import type { DialplanExit, GoneReason } from '../../call/channel.ts';

/** The contexts of extensions-hotline.conf to which a call can be handed back. */
export const exits: Record<DialplanExit, string> = {
  operator: 'hotline-asked-operator',
  unavailable: 'hotline-unavailable',
  busy: 'hotline-busy',
};

/** Why a channel is gone that the dialplan has, and that nobody hung up. */
export const dialplanHas: readonly GoneReason[] = [
  'the PBX took the call back',
  'the channel has left the application',
];
