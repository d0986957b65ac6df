const lineEveryMs = 5000;

/** Progress on standard error: returns a function that prints a line of the latest values every few seconds. */
export function progressLines<Values extends number[]>(
  describe: (...values: Values) => string,
): (...values: Values) => void {
  let shownAt = Date.now();
  return (...values) => {
    if (Date.now() - shownAt < lineEveryMs) return;
    shownAt = Date.now();
    process.stderr.write(`${describe(...values)}\n`);
  };
}
