/** Would a caller be served? What the probes of the application and its metrics ask of its parts. */
import type { Admission } from './application/admission.ts';
import { checkReadiness, type Readiness } from './application/probes.ts';
import type { AriConnection } from './asterisk/ari/ari-connection.ts';
import { everySound } from './call/prompts.ts';
import type { MysqlRegistry } from './mysql/registry/mysql-registry.ts';
import { askSeldom } from './timing/ask-seldom.ts';

/** Sounds do not vanish by the second, and Asterisk lists them all, ms. */
const soundsEveryMs = 30_000;

interface AskedParts {
  readonly registry: MysqlRegistry;
  readonly admission: Admission;
  readonly soundLengths: ReadonlyMap<string, number>;
}

/** @param pbx has its connection once Asterisk is reached and the node is ours */
export function readinessOf(
  { registry, admission, soundLengths }: AskedParts,
  pbx: { readonly connection?: AriConnection },
): () => Promise<Readiness> {
  const notThere = 'Asterisk has not been reached yet, or another process has the node';
  const checkSounds = askSeldom(soundsEveryMs, async () =>
    pbx.connection?.checkSounds(soundsToPlay(soundLengths)),
  );
  return () =>
    checkReadiness({
      ari: () => (pbx.connection === undefined ? notThere : pbx.connection.whyNotReady()),
      registry: async () => (await registry.checkParts()).registry,
      schema: async () => (await registry.checkParts()).schema,
      sounds: async () => {
        if (pbx.connection === undefined) return notThere;
        await checkSounds();
        return null;
      },
      admitting: () => (admission.status.draining ? 'the application is being stopped' : null),
    });
}

/** Both our prompts and the dialplan's: callers hear the menu before anything of ours. */
export function soundsToPlay(soundLengths: ReadonlyMap<string, number>): readonly string[] {
  return [...new Set([...everySound(), ...soundLengths.keys()])];
}
