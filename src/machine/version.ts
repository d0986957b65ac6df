/** 22.10.0 has two ARI advisories that 22.10.1 closes (docs/security-advisories.md). */
export const oldestSafeAsterisk = '22.10.1';

/**
 * Whether a version is `min` or later, by its leading numbers: `22.11.0-rc1` counts as 22.11.0. A
 * version without a number is older than every other.
 */
export function isAtLeast(version: string, min: string): boolean {
  const numbers = (text: string) => (/\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const found = numbers(version);
  const difference = numbers(min)
    .map((part, index) => (found[index] ?? 0) - part)
    .find((part) => part !== 0);
  return (difference ?? 0) >= 0;
}
