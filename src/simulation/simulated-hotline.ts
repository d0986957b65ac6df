import type { Limits } from '../accounts/limits.ts';
import type { Sound } from '../call/channel.ts';
import type { Branches } from '../hotline/branches.ts';
import type { ScriptSettings } from '../hotline/context.ts';
import type { MenuKeys } from './menu.ts';

/** Somebody with an account. */
export interface Citizen {
  readonly bhxhCode: string;
  /** E.164. */
  readonly phone: string;
  readonly personalId?: string;
}

/** The codes by which a hotline with these lengths knows somebody. */
export function codesOf(
  { bhxhCode, personalId = '' }: Citizen,
  { codeLengths }: Pick<ScriptSettings, 'codeLengths'>,
): string[] {
  return [bhxhCode, personalId].filter((code) => codeLengths.includes(code.length));
}

/** What the program was given: its settings, recordings and branches. */
export interface SimulatedHotline {
  readonly citizens: readonly Citizen[];
  readonly script: ScriptSettings;
  readonly limits: Limits;
  /** Of every sound, ms. */
  readonly lengths: ReadonlyMap<Sound, number>;
  readonly branches: Branches;
  readonly siteKeys: MenuKeys;
}
