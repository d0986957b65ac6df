/** All ports together, for what stands behind every one of them. A consumer names the narrow ones that it uses. */
import type { AccountCodes } from './account-codes.ts';
import type { AccountBlocks } from './account-blocks.ts';
import type { Attempts } from './attempts.ts';
import type { CallBackRegister } from './call-backs.ts';
import type { CallRecords } from './call-records.ts';
import type { Instances } from './instances.ts';
import type { OfficerActs } from './officer-acts.ts';
import type { Resets } from './resets.ts';

/** All that calls need of a database. */
export type CallRegistry = AccountCodes & Attempts & Resets & CallRecords & CallBackRegister;

/** All that the application needs: implemented in memory and by the real ones. */
export type Registry = CallRegistry & Instances & OfficerActs & AccountBlocks;
