/** What is wrong with a field of a form, in English. */
import type { Words } from '../vi.ts';

export const fields: Words['fields'] = {
  unknown: 'A field of the form holds what it cannot.',
  from: 'From: expected a day that exists, such as 2026-11-25.',
  to: 'To: expected a day that exists, such as 2026-11-25.',
  order: 'To: expected the day From or a later one.',
  table: 'There is no such table.',
  outcome: 'Outcome: choose one of the list.',
  node: 'Node: choose one of the list.',
  min: 'At least: expected whole seconds, 0 to 99999.',
  max: 'At most: expected whole seconds, 0 to 99999.',
  before: 'The link to further calls is wrong. Open the list again.',
  kind: 'Search by: choose phone number or BHXH code.',
  sought: 'Enter what to search for, at most 40 characters.',
  code: 'BHXH code: expected 1 to 12 digits.',
  phone: 'Phone number: expected a Vietnamese mobile or landline number, such as 0912 345 678.',
  state: 'Choose one of the three.',
  reason: 'Reason: expected one line of 3 to 200 characters, without codes and phone numbers.',
  name: 'Name: expected 2 to 32 of a-z 0-9 . _ -',
  role: 'Role: choose one of the three.',
  password: 'Password: expected at least 12 characters that are not easy to guess.',
  current: 'The current password is wrong.',
  act: 'There is no such action.',
  tooLong: (days) => `The range is too long: at most ${days} days.`,
};
