/** Does the server take as many connections as this application may open? */
import type { Session } from './session.ts';

/** Connections of one application beside its pool: the outbox, the sealer; and those of commands. */
const otherConnections = 10;

/** How many connections one application needs at most. @param poolSize DATABASE_POOL_SIZE */
export function connectionsNeeded(poolSize: number): number {
  return poolSize + otherConnections;
}

/**
 * How many connections the server lets one user have.
 *
 * @param settings the server's variables, by name
 */
export function connectionsAllowed(settings: Readonly<Record<string, unknown>>): number {
  const perUser = Number(settings['max_user_connections'] ?? 0);
  return Math.min(Number(settings['max_connections']), perUser === 0 ? Infinity : perUser);
}

/** Why the server of this session has too few for this application; null: it has enough. */
export async function findConnectionShortage(session: Session, poolSize: number): Promise<string | null> {
  const [settings] = await session.select<Record<string, unknown>>(
    'SELECT @@max_connections AS max_connections, @@max_user_connections AS max_user_connections',
    [],
  );
  const [allowed, needed] = [connectionsAllowed(settings!), connectionsNeeded(poolSize)];
  return allowed >= needed
    ? null
    : `the database takes ${allowed} connections, expected ${needed} or more for DATABASE_POOL_SIZE=${poolSize}: set max_connections and max_user_connections, or make the pool smaller`;
}
