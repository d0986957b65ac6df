/** Registers a softphone (RFC 3261, 10.2). */
import type { ClientTransactions } from './client-transaction.ts';
import type { Dialog } from './dialog.ts';
import { authorizationFor, type Credentials } from './digest.ts';
import type { SipHeaders, SipRequest } from './sip-message.ts';
import type { Endpoint } from './sip-socket.ts';

/**
 * Sends REGISTER, and again with credentials when they are asked for. Rejects when there is no answer.
 *
 * @param dialog with the address of record as its URI
 * @returns the status of the answer
 */
export async function register(
  dialog: Dialog,
  transactions: ClientTransactions,
  { host, port }: Endpoint,
  credentials: Credentials | undefined,
): Promise<number> {
  const send = (...headers: SipHeaders) => {
    const request: SipRequest = {
      ...dialog.next('REGISTER', { headers: [['Expires', '300'], ...headers] }),
      uri: `sip:${host}:${port}`,
    };
    return transactions.start(request);
  };
  const first = send();
  const response = await first.response;
  const authorization = authorizationFor(first.request, response, credentials);
  return authorization ? (await send(authorization).response).status : response.status;
}
