import { userInfo } from 'node:os';
import { sudoUser } from '../config.ts';

/** Who runs this command, for the audit log: `cli:lan`. Under sudo the one who called sudo: others may share the account it leads to. */
export function actingUser(): string {
  return `cli:${sudoUser() ?? ownName()}`;
}

/** A container may run as a user without a name. */
function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
