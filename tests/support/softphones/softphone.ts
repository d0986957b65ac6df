import type { Home } from './console-program.ts';

/** What README and its table of phones tell their users, and where this one keeps its files. */
export interface SoftphoneSettings extends Home {
  readonly user: '6001' | '6002';
  readonly password: string;
  readonly transport: 'udp' | 'tcp';
  /** Asks for G.722 where the phone has it switched off; A-law otherwise. */
  readonly wideband: boolean;
  /** Two phones of one make on one machine need ports of their own: 0, 1, … */
  readonly seat: number;
}

/** A registered phone. */
export interface Softphone {
  /** Resolves when the phone has played more than a second of the menu. */
  dial(number: string): Promise<void>;
  /** Presses the keys, as fast as the phone sends them well. */
  press(keys: string): Promise<void>;
  /** Resolves when the phone says that the other side has ended the call. */
  hungUp(): Promise<void>;
  /** Ends the phone. Returns the WAV file of what it played. */
  quit(): Promise<string>;
}
