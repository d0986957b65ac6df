/** What the registry in memory keeps. */
import type { AccountId } from '../registry/accounts.ts';
import type { AccountBlock } from '../registry/account-blocks.ts';
import type { CallClosing, CallOpening } from '../registry/call-records.ts';
import type { PreparedReset, ResetState } from '../registry/resets.ts';

export interface MemoryAccount {
  id: AccountId;
  bhxhCode: string;
  /** Besides this one. */
  otherCodes: string[];
  phone: string;
  passwordHash: string;
  mustChange: boolean;
  /** Ms since the epoch; null: no expiry. */
  passwordExpiresAt: number | null;
  block: AccountBlock;
}

/** A terminal row. The opening's fields are absent if the opening was not recorded. */
export type AuditRow = CallClosing &
  Partial<CallOpening> & { callId: string; accountId?: AccountId; resetId?: string };

export interface MemoryReset extends PreparedReset {
  state: ResetState;
  /** Ms since the epoch. */
  expiresAt: number;
  /** Ms since the epoch. */
  activatedAt?: number;
}
