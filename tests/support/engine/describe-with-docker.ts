/**
 * Test groups that need a Docker engine. Without one, each of their tests is reported by name as
 * skipped, with the reason; with CI=true the group fails instead.
 */
import type { DatabaseKind } from './database-images.ts';
import { engineHost } from './docker-engine.ts';

/** Like `describe`, for tests that start containers. */
export function describeWithDocker(title: string, tests: () => void): void {
  describeUnless(missingEngine(), title, tests);
}

/** Like `describe`, for tests that call `startDatabase(kind)`. */
export function describeWithDatabase(kind: DatabaseKind, title: string, tests: () => void): void {
  describeUnless(missingEngine() ?? process.env[`HOTLINE_NO_${kind.toUpperCase()}`], title, tests);
}

function missingEngine(): string | undefined {
  return (
    process.env['HOTLINE_NO_DOCKER'] ??
    (engineHost() === undefined ? 'no Docker engine is running: use "make test"' : undefined)
  );
}

function describeUnless(missing: string | undefined, title: string, tests: () => void): void {
  if (missing === undefined) return describe(title, tests);
  const named = `${title} (not possible here: ${missing})`;
  if (!process.env['CI']) return describe.skip(named, tests);
  describe(named, () => {
    test('needs what is missing, since CI may skip nothing', () => {
      throw new Error(missing);
    });
    describe.skip('not run', tests);
  });
}
