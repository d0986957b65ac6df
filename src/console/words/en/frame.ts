/** The frame of every page, signing in, and what went wrong, in English. */
import type { Words } from '../vi.ts';

const number = new Intl.NumberFormat('en-GB');

export const frame: Omit<
  Words,
  'now' | 'day' | 'calls' | 'call' | 'account' | 'prompts' | 'users' | 'fields'
> = {
  count: (value) => number.format(value),
  product: 'VssID password hotline',
  skip: 'Skip to content',
  otherLanguage: 'Tiếng Việt',
  signedInAs: (name, role) => `${name} · ${role}`,
  roles: { viewer: 'viewer', officer: 'officer', admin: 'admin' },
  nav: {
    label: 'Pages',
    now: 'Now',
    day: 'Figures',
    calls: 'Calls',
    account: 'Account',
    prompts: 'Prompts',
    users: 'Users',
  },
  seconds: (ms) => `${(ms / 1000).toFixed(1)} s`,
  wholeSeconds: (ms) => `${number.format(Math.round(ms / 1000))} s`,
  none: '–',
  yes: 'yes',
  no: 'no',
  signIn: {
    title: 'Sign in',
    name: 'Name',
    password: 'Password',
    submit: 'Sign in',
    out: 'Sign out',
    refused:
      'Name or password is wrong, or the user is disabled. Check Caps Lock, the Vietnamese keyboard, and blanks at the end.',
    wait: (seconds) =>
      `No sign-in is possible at the moment. Try again in ${seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`}.`,
    incomplete: 'Enter both name and password.',
    ended: 'You have signed out.',
    late: 'The session had ended before the form was sent, so nothing was saved. Sign in and enter it again.',
    needed: 'Sign in to see this page. A session ends after 30 minutes without use.',
  },
  errors: {
    title: 'This did not work',
    notFound: 'There is no such page.',
    forbidden: (role) => `This page needs the role “${role}”. Ask an admin.`,
    stale:
      'The form is too old, or no page of ours sent it. Nothing was changed. Open the page again and repeat.',
    away: 'The database is unreachable at the moment. This page tries again by itself.',
    awayInForm:
      'The database is unreachable at the moment, so it is not certain that this form was saved. Open the page again, look, and only then repeat it.',
    tooMany: 'Too many requests from this address. Try again in a minute.',
    fault: 'This page met a fault of the software. It is in the log.',
    tooLarge: 'The form is too large.',
    unreadable: 'This request cannot be read.',
    back: 'To the first page',
  },
};
