/** Every setting there is, by group; docs/settings.md is made from it. */
import { applicationSettings } from './settings/application.ts';
import { asteriskSettings } from './settings/asterisk.ts';
import { callBackSettings } from './settings/call-back.ts';
import { callSettings } from './settings/call.ts';
import { databaseSettings } from './settings/database.ts';
import { developerSettings } from './settings/developer.ts';
import { keySettings } from './settings/keys.ts';
import { limitSettings } from './settings/limits.ts';
import { logSettings } from './settings/log.ts';
import { messageSettings } from './settings/messages.ts';
import { retentionSettings } from './settings/retention.ts';
import type { Setting } from './settings/setting.ts';

export type { Setting };

export const settings = {
  ...databaseSettings,
  ...keySettings,
  ...asteriskSettings,
  ...applicationSettings,
  ...logSettings,
  ...callSettings,
  ...limitSettings,
  ...callBackSettings,
  ...messageSettings,
  ...retentionSettings,
  ...developerSettings,
};

/** The same settings, by the heading they stand under in docs/settings.md. */
export const settingGroups: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  'The database': databaseSettings,
  Keys: keySettings,
  Asterisk: asteriskSettings,
  'The application': applicationSettings,
  'The log': logSettings,
  'The call': callSettings,
  Limits: limitSettings,
  'Call-back': callBackSettings,
  'Messages to owners': messageSettings,
  'What is kept': retentionSettings,
  'For developers': developerSettings,
};
