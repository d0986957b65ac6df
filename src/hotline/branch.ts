/** What a branch of the application is: one file of branches/ (docs/tutorial.md). */
import type { Call } from '../call/call.ts';
import type { Sound } from '../call/channel.ts';
import { soundOf } from '../call/prompts.ts';
import type { Caller, Hotline } from './context.ts';
import type { Ending } from './ending.ts';

/** One branch. `Own` are the names of the prompts that only it plays. */
export interface Branch<Own extends string = string> {
  /** Their names in sounds/vi/prompts.yaml. Those of call/prompts.ts are open to every branch. */
  readonly prompts: readonly Own[];
  /**
   * The script, as it sounds: what the caller hears and does, from the first sentence on. The call is answered, its
   * caller judged and its record open; all that ends a call early is thrown by the verbs of `call`, and caught by
   * {@link takeCall}, not here.
   *
   * @returns how the call ended: `endings.served()` when the branch has done what it is for
   */
  serve(call: Call<Own>, caller: Caller, hotline: Hotline): Promise<Ending>;
}

/** A branch with the name of its file, which is the word for it in the dialplan: `Stasis(hotline,<name>,…)`. */
export interface NamedBranch extends Branch {
  readonly name: string;
}

/**
 * Lets TypeScript check that the script plays only prompts that the branch names.
 *
 * @example
 * export const branch = defineBranch({
 *   prompts: ['office-hours'],
 *   async serve(call) {
 *     await call.say('office-hours', 'goodbye');
 *     return endings.served();
 *   },
 * });
 */
export function defineBranch<const Own extends string>(branch: Branch<Own>): Branch {
  return branch;
}

/** The sounds that only these branches play; a start without them is refused. */
export function soundsOf(branches: ReadonlyMap<string, Branch>): Sound[] {
  return [...branches.values()].flatMap(({ prompts }) => prompts.map(soundOf));
}
