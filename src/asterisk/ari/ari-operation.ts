/** What an ARI request does, in one of a few dozen words. */

/** Words of ARI's paths that are used here; everything else in a path is an id, or a name. */
const words = new Set([
  'ari',
  'answer',
  'api-docs',
  'applications',
  'asterisk',
  'bridges',
  'channels',
  'continue',
  'create',
  'dial',
  'endpoints',
  'eventFilter',
  'events',
  'info',
  'modules',
  'play',
  'playbacks',
  'rtp_statistics',
  'sounds',
  'subscription',
  'variable',
]);

/** Method and path, with `:id` for each id and without the query: `GET /channels/:id/variable`. */
export function nameOperation(method: string, path: string): string {
  const [pathname = ''] = path.split('?');
  const parts = pathname.split('/').slice(1, 7);
  const named = parts.map((part) => (words.has(part) ? part : ':id')).filter((part) => part !== 'ari');
  return `${method.toUpperCase()} /${named.join('/')}`;
}
