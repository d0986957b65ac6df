import { ExpectedError } from '../expected-error.ts';
import { portHolder } from './port-holder.ts';

/** A port could not be opened. */
export class ListenFailed extends ExpectedError {
  override readonly name = 'ListenFailed';
}

/** Where a server was to listen. */
export interface ListenPlace {
  readonly host: string;
  readonly port: number;
  /** The settings that say so, the one with the port last. */
  readonly settings: readonly string[];
}

/** As in a URL: an address of IPv6 stands in brackets. */
export function hostAndPort({ host, port }: Pick<ListenPlace, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Names the port, its settings, who has it, and what to do. @param error of listening */
export function describeListenFailure(error: unknown, place: ListenPlace): ListenFailed {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  const at = `${hostAndPort(place)} (${place.settings.join(', ')})`;
  const port = place.settings.at(-1);
  switch (code) {
    case 'EADDRINUSE':
      return new ListenFailed(
        `${at} is in use by ${portHolder('tcp', place.port) ?? 'another program'}: give ${port} a port that is free`,
      );
    case 'EACCES':
      return new ListenFailed(
        `${at} cannot be opened (EACCES): this user may not open it, so give ${port} a port from 1024 on`,
      );
    default:
      return new ListenFailed(
        `${at} cannot be opened (${code}): expected an address of this machine, such as 127.0.0.1`,
      );
  }
}
