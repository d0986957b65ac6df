import { ExpectedError } from '../expected-error.ts';

/**
 * The database is unreachable, or did not answer in time; the request may or may not have been
 * carried out. Every port in this folder rejects with it. Its message never contains a code, a phone
 * number or a hash.
 */
export class RegistryUnavailable extends ExpectedError {
  override readonly name = 'RegistryUnavailable';
}
