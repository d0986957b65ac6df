/** What every caller does, by the clock of the call: they do not listen, so that listening costs nothing. */

/** Times in ms after the answer, all multiples of a packet's 20 ms. */
export const script = {
  /** `8` goes down while the menu is being said. */
  menuKeyAtMs: 2000,
  /** The first digit of the code goes down while the question is being said. */
  codeAtMs: 4500,
  toneMs: 100,
  gapMs: 160,
  /** After both readings, whatever their digits, with 1.5 s to spare, and before goodbye. */
  hangUpAtMs: 34_600,
  /** The same with 3.5 s to spare, for a machine that may be busy; still before goodbye. */
  lateHangUpAtMs: 36_600,
} as const;

/** A call of the plan. */
export interface PlannedCall {
  readonly dial: string;
  /** In national form: `0912345678`. */
  readonly phone: string;
  readonly code: string;
  /** After the start of the turn. */
  readonly startsAtMs: number;
  /** After the answer. */
  readonly hangUpAtMs: number;
}

/** A call as the load placed it. Times are ms since 1970, as in the capture. */
export interface PlacedCall {
  readonly phone: string;
  /** Asterisk's RTP port; null if the call was not answered. */
  readonly port: number | null;
  readonly invitedAtMs: number;
  readonly endedAtMs: number;
  /** What went wrong with the signalling; null if nothing did. */
  readonly fault: string | null;
}

/** What the load says when its calls are over. */
export interface LoadReport {
  readonly calls: readonly PlacedCall[];
  readonly cpuMs: number;
  /** The most that a packet was sent too late. */
  readonly latestMs: number;
  /** Packets that the load received although nobody reads them: 0, unless the kernel gave them to the wrong socket. */
  readonly strayPackets: number;
}
