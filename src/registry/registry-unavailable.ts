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
  override readonly name = 'RegistryNotAsked';
}
