/**
 * Pages for developers (examples/), which `make run` asks for. A production installation has none, whatever it sets:
 * the package does not ship examples/, and an installation without development's npm packages cannot load them.
 */
import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from './logger.ts';
import { soundsDirectory } from './recordings/sounds-directory.ts';
import type { ServeConfig } from './serve-settings.ts';

/** Plugins for the HTTP server. @param recordings what callers hear now */
export async function openDeveloperPages(
  config: Pick<ServeConfig, 'DEVELOPER_PAGES' | 'BROWSER_PHONE_PASSWORD' | 'ARI_URL'>,
  recordings: { readonly folder: string },
  logger: Pick<Logger, 'warn'>,
): Promise<FastifyPluginAsync[]> {
  if (!config.DEVELOPER_PAGES) return [];
  try {
    const { phonePages } = await import('../examples/phone/phone.ts');
    const { BROWSER_PHONE_PASSWORD: password, ARI_URL: asterisk } = config;
    return password === '' ? [] : [phonePages({ password, asterisk, recordings, script: soundsDirectory })];
  } catch (error) {
    if (!isMissing(error)) throw error;
    logger.warn(
      'DEVELOPER_PAGES is on, but this installation has no pages for developers; they are not served',
    );
    return [];
  }
}

function isMissing(error: unknown): boolean {
  return ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes((error as NodeJS.ErrnoException).code ?? '');
}
