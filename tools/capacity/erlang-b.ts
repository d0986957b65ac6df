/**
 * How many lines a traffic needs, by Erlang's loss formula, with which ITU-T E.520 dimensions groups of lines: callers
 * come independently of each other, and one who finds every line taken goes away.
 */

/**
 * The share of callers who find all lines taken. By the recurrence B(0) = 1, B(n) = A·B(n−1) / (n + A·B(n−1)), which
 * neither overflows nor loses digits as the formula itself does.
 *
 * @param erlangs calls a second × seconds a call: the calls at once if there were lines enough
 */
export function blocking(erlangs: number, lines: number): number {
  let share = 1;
  for (let line = 1; line <= lines; line++) share = (erlangs * share) / (line + erlangs * share);
  return share;
}

/** The fewest lines on which at most `share` of the callers find all taken. @param share more than 0 */
export function linesFor(erlangs: number, share: number): number {
  let lines = 0;
  for (let blocked = 1; blocked > share;) {
    lines++;
    blocked = (erlangs * blocked) / (lines + erlangs * blocked);
  }
  return lines;
}

/** The traffic, in erlangs, of which these lines turn `share` away. @param share more than 0, less than 1 */
export function trafficFor(lines: number, share: number): number {
  // Of so much more traffic than there are lines, more than `share` is turned away.
  let [low, high] = [0, (lines + 1) / (1 - share)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (blocking(middle, lines) > share) high = middle;
    else low = middle;
  }
  return low;
}
