import type { Channel } from './channel.ts';

/** Why a call-back was not answered. */
export type NotAnswered = 'busy' | 'no answer' | 'failed';

/** How a number is called. */
export interface CallBackDial {
  /** Id the PBX is to give to the leg; chosen here, so that it can be named before it exists. */
  readonly channelId: string;
  /** How long it may ring, ms. */
  readonly ringMs: number;
}

/** The port to the line on which the hotline calls. */
export interface CallBackLine {
  /**
   * Calls a number and resolves with the leg once it is answered; nothing is said by then. A leg
   * that is not answered in time is given up, and never comes later. Never rejects.
   *
   * @param number E.164. The PBX dials Vietnamese mobiles and landlines, and refuses all else.
   */
  dial(number: string, dial: CallBackDial): Promise<Channel | NotAnswered>;
}
