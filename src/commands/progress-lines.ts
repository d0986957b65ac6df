const lineEveryMs = 5000;

/** Progress on standard error: returns a function that prints a line of the latest values every few seconds. */
export function progressLines<Values extends number[]>(
  describe: (...values: Values) => string,
): (...values: Values) => void {
  let shownAt = performance.now();
  return (...values) => {
    if (performance.now() - shownAt < lineEveryMs) return;
    shownAt = performance.now();
    process.stderr.write(`${describe(...values)}\n`);
  };
}
