/**
 * The statements of a sign-in to the console. What is charged counts as a failure until it is refunded, so at no
 * moment has a guess been answered and not counted.
 */
import type { SignInLimits } from '../../accounts/sign-in-limits.ts';
import type {
  AcceptedSignIn,
  ChargedSignIn,
  SignInAttempt,
  SignInUser,
} from '../../registry/console-sign-ins.ts';
import type { Role } from '../../registry/console-users.ts';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import type { Session } from '../database/session.ts';
import { secretKey } from './secret-key.ts';

/**
 * All sign-ins take turns at the one row behind those of phones and codes: there are few of them, and none may
 * make a call wait. Written and not only read, as limits.ts says.
 */
const takeTurn = 'UPDATE limit_locks SET turns = turns + 1 WHERE bucket = 4096';

const window = 'INTERVAL 15 MINUTE';
const counted = `counts = TRUE AND charged_at > UTC_TIMESTAMP(3) - ${window}`;

/** All that decides, read in one statement; one row, whether the user exists or not. */
const readAttempt = `SELECT ofName.others AS ofName, ofName.pair AS ofPair, ofName.browser AS ofBrowser, ofAddress.others AS ofAddress,
    EXISTS (SELECT 1 FROM console_browsers WHERE browser_key = UNHEX(?)) AS isKnown,
    EXISTS (SELECT 1 FROM console_browsers WHERE browser_key = UNHEX(?) AND user_name = ?) AS isOwn,
    u.role, u.password_hash AS passwordHash, u.generation, u.disabled_at IS NOT NULL AS isDisabled
  FROM (SELECT COUNT(IF(browser_key IS NULL, 1, NULL)) AS others,
               COUNT(IF(browser_key IS NULL AND address_key = UNHEX(?), 1, NULL)) AS pair,
               COUNT(IF(browser_key = UNHEX(?), 1, NULL)) AS browser
        FROM console_sign_ins WHERE name_key = UNHEX(?) AND ${counted}) AS ofName
  JOIN (SELECT COUNT(IF(browser_key IS NULL, 1, NULL)) AS others
        FROM console_sign_ins WHERE address_key = UNHEX(?) AND ${counted}) AS ofAddress
  LEFT JOIN console_users AS u ON u.name = ?`;

interface AttemptSeen {
  ofName: number;
  ofPair: number;
  ofBrowser: number;
  ofAddress: number;
  isKnown: 0 | 1;
  isOwn: 0 | 1;
  role: Role | null;
  passwordHash: string | null;
  generation: number | null;
  isDisabled: 0 | 1;
}

/** Needs a transaction. */
export async function charge(
  session: Session,
  { attemptId, name, nameKey, addressKey, browser }: SignInAttempt,
  limits: SignInLimits,
): Promise<ChargedSignIn> {
  if ((await session.change(takeTurn, [])) !== 1)
    throw new RegistryUnavailable('the registry failed: the row of limit_locks for sign-ins is missing');
  const browserKey = secretKey(browser);
  const [row] = await session.select<AttemptSeen>(readAttempt, [
    ...[browserKey, browserKey, name],
    ...[addressKey, browserKey, nameKey],
    ...[addressKey, name],
  ]);
  const seen = row!; // COUNT without GROUP BY has one row
  const known = seen.isOwn ? 'own' : seen.isKnown ? 'another' : 'unknown';
  const place = { nameKey, addressKey, browserKey: seen.isOwn ? browserKey : null };
  const excess = countExcess(seen, limits);
  if (excess > 0) return { waitSeconds: await readWait(session, place, excess), user: null, browser: known };
  await session.change(
    `INSERT INTO console_sign_ins (id, name_key, address_key, browser_key, counts, charged_at)
     VALUES (?, UNHEX(?), UNHEX(?), UNHEX(?), TRUE, UTC_TIMESTAMP(3))`,
    [attemptId, nameKey, addressKey, place.browserKey],
  );
  return { waitSeconds: 0, user: userOf(seen), browser: known };
}

/** How many failures have to leave the window before another attempt is admitted. */
function countExcess(
  { isOwn, ofBrowser, ofPair, ofName, ofAddress }: AttemptSeen,
  limits: SignInLimits,
): number {
  if (isOwn) return ofBrowser - limits.perBrowser + 1;
  const isAttack = ofName >= limits.attackOnName || ofAddress >= limits.attackByAddress;
  return ofPair - (isAttack ? limits.perNameAndAddressUnderAttack : limits.perNameAndAddress) + 1;
}

/** What the browser, or the pair of name and address, has to wait until so many failures are old. At least a second. */
async function readWait(
  session: Session,
  {
    nameKey,
    addressKey,
    browserKey,
  }: Pick<SignInAttempt, 'nameKey' | 'addressKey'> & { browserKey: string | null },
  excess: number,
): Promise<number> {
  const [last] = await session.select<{ seconds: number }>(
    `SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), charged_at + ${window}) AS seconds FROM console_sign_ins
     WHERE name_key = UNHEX(?) AND ${counted} AND ${browserKey === null ? 'browser_key IS NULL AND address_key' : 'browser_key'} = UNHEX(?)
     ORDER BY charged_at LIMIT 1 OFFSET ?`,
    [nameKey, browserKey ?? addressKey, String(excess - 1)],
  );
  return Math.max(1, last?.seconds ?? 1);
}

function userOf({ role, passwordHash, generation, isDisabled }: AttemptSeen): SignInUser | null {
  if (role === null || passwordHash === null || generation === null) return null;
  return { role, passwordHash, generation, isDisabled: isDisabled === 1 };
}

/** Needs a transaction. False: the user has changed since. */
export async function accept(
  session: Session,
  { attemptId, name, generation, browser }: AcceptedSignIn,
): Promise<boolean> {
  const same = await session.select(
    'SELECT name FROM console_users WHERE name = ? AND generation = ? AND disabled_at IS NULL FOR UPDATE',
    [name, generation],
  );
  if (same.length === 0) return false;
  await session.change('UPDATE console_users SET last_sign_in_at = UTC_TIMESTAMP(3) WHERE name = ?', [name]);
  await session.change(
    `INSERT INTO console_browsers (browser_key, user_name, used_at) VALUES (UNHEX(?), ?, UTC_TIMESTAMP(3))
     ON DUPLICATE KEY UPDATE used_at = UTC_TIMESTAMP(3)`,
    [secretKey(browser), name],
  );
  await refund(session, attemptId);
  return true;
}

/** One statement. */
export async function refund(session: Session, attemptId: string): Promise<void> {
  await session.change('UPDATE console_sign_ins SET counts = FALSE WHERE id = ?', [attemptId]);
}

/** Deletes up to `count` that no limit counts any more; returns how many. One statement, as the next. */
export function deleteOld(session: Session, count: number): Promise<number> {
  return session.change(
    'DELETE FROM console_sign_ins WHERE charged_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY ORDER BY charged_at LIMIT ?',
    [String(count)],
  );
}

/** Forgets up to `count` browsers that were not used for half a year. */
export function deleteOldBrowsers(session: Session, count: number): Promise<number> {
  return session.change(
    'DELETE FROM console_browsers WHERE used_at < UTC_TIMESTAMP(3) - INTERVAL 180 DAY ORDER BY used_at LIMIT ?',
    [String(count)],
  );
}
