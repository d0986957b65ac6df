/** Opens the connection to Asterisk, or says what an admin should check. */
import ariClient from 'ari-client';
import pTimeout from 'p-timeout';
import { AriConnection, type AriOptions, type AriTimings } from './ari-connection.ts';
import { backOff } from '../../timing/back-off.ts';
import { pause } from '../../timing/pause.ts';
import { AriRequestFailed, AriUnavailable, AriUnreachable, unusable } from './ari-errors.ts';
import { AriHttp, sendAriClientOver, type AriAccess } from './ari-http.ts';

const defaults: AriTimings = {
  operationMs: 2500,
  unannouncedMs: 500,
  reconcileMs: 1000,
  leaseMs: 2000,
  heartbeatMs: 5000,
  openMs: 5000,
  retryMs: [200, 5000],
};
/** Below Asterisk's `sessionlimit` (http.conf, default 100). */
const maxSockets = 64;
/** Longest wait for the 12 API documents that ari-client fetches; a busy machine is slow, ms. */
const documentsMs = 10_000;

/**
 * Logs in to Asterisk's REST interface. No call comes in, and no other process notices, before
 * {@link AriConnection.register}.
 *
 * @throws AriUnavailable saying what to check. Holds no password.
 */
export async function connectAri(options: AriOptions): Promise<AriConnection> {
  const { url, username, password, authorities } = options;
  const timings = { ...defaults, ...options.timings };
  const http = new AriHttp({
    ...{ url, username, password, authorities },
    deadlineMs: timings.operationMs,
    maxSockets,
  });
  try {
    await probe(http, options);
    sendAriClientOver(url, http);
    // ari-client's promise may never settle.
    const client = await pTimeout(Promise.resolve(ariClient.connect(url, username, password)), {
      milliseconds: documentsMs,
      message: `its API documents did not arrive within ${documentsMs} ms`,
    });
    return new AriConnection(client, http, options, timings);
  } catch (error) {
    http.close();
    throw unusable(url, error);
  }
}

/**
 * Sends one request, and opens nothing that stays.
 *
 * @throws AriUnavailable saying what to check. Holds no password.
 */
export async function checkAri(access: AriAccess): Promise<void> {
  const http = new AriHttp({ ...access, deadlineMs: defaults.operationMs, maxSockets: 1 });
  try {
    await probe(http, access);
  } catch (error) {
    throw unusable(access.url, error);
  } finally {
    http.close();
  }
}

/** How long to wait before an Asterisk that does not answer is asked again, ms: it is soon there once it starts. */
const againAfterMs = backOff({ firstMs: 200, maxMs: 2000 });

/**
 * The same, but waits for an Asterisk that does not answer, and says so once.
 *
 * @returns null if `stop` was aborted meanwhile
 * @throws AriUnavailable for one that refuses us or is not ARI
 */
export async function reachAri(options: AriOptions, stop: AbortSignal): Promise<AriConnection | null> {
  for (let attempt = 1; !stop.aborted; attempt++) {
    try {
      return await connectAri(options);
    } catch (error) {
      if (!(error instanceof AriUnreachable)) throw error;
      if (attempt === 1) options.logger.warn('Asterisk does not answer; waiting for it', { error });
      await pause(againAfterMs(attempt), stop);
    }
  }
  return null;
}

/** Sends one request first: ari-client would throw where nobody can catch it, and without a reason. */
async function probe(http: AriHttp, { url, username }: AriAccess): Promise<void> {
  const { origin } = new URL(url);
  try {
    await http.send('GET', '/ari/asterisk/info?only=system');
  } catch (error) {
    const status = error instanceof AriRequestFailed ? error.status : 0;
    if (status === 401 || status === 403)
      throw new AriUnavailable(
        `ARI at ${origin} refused user ${username}: check ARI_USERNAME and ARI_PASSWORD`,
      );
    if (status === 404)
      throw new AriUnavailable(
        `there is no ARI at ${origin}: check ARI_URL, and that res_ari is loaded and enabled in ari.conf`,
      );
    throw error;
  }
}
