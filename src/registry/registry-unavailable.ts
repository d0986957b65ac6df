import { ExpectedError } from '../expected-error.ts';

/**
 * The database could not be reached, or did not answer in time; what was asked may or may not have
 * been done. Every port of this folder rejects with it, and no message of it carries a code, a
 * phone number or a hash.
 */
export class RegistryUnavailable extends ExpectedError {
  override readonly name = 'RegistryUnavailable';
}
