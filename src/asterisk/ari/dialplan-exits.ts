import type { Client } from 'ari-client';
import type { DialplanExit, GoneReason, Told } from '../../call/channel.ts';

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

/**
 * Sets what the operator is told as variables of the channel, which calls it is passed on to inherit (__), in one request.
 * Never rejects: the call is handed over all the same, and the dialplan says "-". Through EXPORT, because a variable set on
 * the channel itself would wait for its playbacks.
 */
export async function tellDialplan({ asterisk }: Client, channelId: string, told?: Told): Promise<void> {
  if (told === undefined) return;
  const variables = {
    __HOTLINE_OUTCOME: told.outcome,
    __HOTLINE_VERDICT: told.verdict,
    __HOTLINE_CALL_ID: told.callId,
    HOTLINE_NUMBER_IS: told.number,
  };
  const variable = `EXPORT(${channelId},ARRAY(${Object.keys(variables).join()}))`;
  const value = Object.values(variables).map((word = '') => word.replace(/[^\w-]/g, '')).join(); // prettier-ignore
  await Promise.resolve(asterisk.setGlobalVar({ variable, value })).catch(() => undefined);
}
