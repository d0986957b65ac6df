import { ExpectedError } from '../expected-error.ts';

/**
 * The database is unreachable, or did not answer in time; the request may or may not have been
 * carried out, unless it is a {@link RegistryNotAsked}. Every port in this folder rejects with it.
 * Its message never contains a code, a phone number or a hash.
 */
export class RegistryUnavailable extends ExpectedError {
  override readonly name: string = 'RegistryUnavailable';
}

/** The request never reached the database: nothing was done, and nothing need be undone. */
export class RegistryNotAsked extends RegistryUnavailable {
  override readonly name: string = 'RegistryNotAsked';
}

/** The database was reached, and is not one that this program can use: its schema is not whole, or another's. */
export class RegistryUnusable extends RegistryNotAsked {
  override readonly name = 'RegistryUnusable';
}
