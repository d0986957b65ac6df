/** What the processes that `hotline run` starts find in their environment: no setting that is not theirs. */
import { describeSettings } from '../config.ts';

/** What any program may need, and none of it is a secret. */
const bare = ['PATH', 'TZ', 'LANG', 'LC_ALL'];

/** These variables of `from`, as far as they are set. */
export function pick(from: NodeJS.Dict<string>, names: readonly string[]): NodeJS.Dict<string> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

/** For a service that reads no setting from its environment: PBX, database. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  return pick(process.env, bare);
}

/** For the machine's own tools, such as apt, which may need what we do not know of: all but the hotline's settings. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const settings = new Set<string>(describeSettings().map(({ name }) => name));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.has(name)));
}
