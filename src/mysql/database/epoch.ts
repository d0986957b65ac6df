/** An expression: a DATETIME column, UTC, as ms since 1970. */
export const msSince1970 = (column: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`;
