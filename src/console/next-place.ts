/** Where an officer goes on after signing in: the page that they asked for. */

/** Our own pages only: the text comes with the address of the sign-in, which anybody can write. */
const place = /^\/(?:now|day|calls(?:\/[0-9a-f-]{36})?|account|users|password)(?:\?[\w=&.:~%+-]*)?$/;
const maxLength = 300;

/** Undefined: it is no page to go on at. @param text a path and query */
export function readPlace(text: unknown): string | undefined {
  return typeof text === 'string' && text.length <= maxLength && place.test(text) ? text : undefined;
}

/** The page on which the form that is sent to `path` stands: `/account` of `/account/change`. */
export function placeOfForm(path: string): string {
  return `/${path.split(/[/?]/)[1] ?? ''}`;
}

/** The sign-in that leads there. @param isSent a form was sent, after its session had ended */
export function signInFor(text: string, isSent: boolean): string {
  const next = readPlace(isSent ? placeOfForm(text) : text);
  const query = new URLSearchParams({
    [isSent ? 'late' : 'needed']: '1',
    ...(next !== undefined && { next }),
  });
  return `/sign-in?${query.toString()}`;
}
