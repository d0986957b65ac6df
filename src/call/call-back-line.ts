import type { Channel } from './channel.ts';

/** How the carrier refused: the SIP status, or the hang-up cause (ITU-T Q.850) of a line that is not SIP. */
export type CarrierRefusal = `refused by the carrier: ${'SIP' | 'cause'} ${number}`;

/** Why the called party did not answer. Only `busy` and `no answer` are about that party and its phone. */
export type NotAnswered = (typeof notAnswered)[number] | CarrierRefusal;
export const notAnswered = ['busy', 'no answer', 'carrier not reached', 'failed'] as const;

/** How to call a number. */
export interface CallBackDial {
  /** The id the PBX gives to the leg. Chosen by the caller, so that it is known before the leg exists. */
  readonly channelId: string;
  /** How long the phone may ring. */
  readonly ringMs: number;
}

/** The port to the line on which the hotline makes calls. */
export interface CallBackLine {
  /**
   * Calls a number and resolves with the leg once it is answered, before anything is played. A leg
   * that is not answered in time is dropped and never arrives later. Never rejects.
   *
   * @param number in E.164. The PBX dials Vietnamese mobiles and landlines and refuses all others.
   */
  dial(number: string, dial: CallBackDial): Promise<Channel | NotAnswered>;
}
