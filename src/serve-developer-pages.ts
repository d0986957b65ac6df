/**
 * Pages for developers (examples/), which `make run` asks for. A production installation has none, whatever it sets:
 * the package does not ship examples/, and an installation without development's npm packages cannot load them.
 */
import type { FastifyPluginAsync } from 'fastify';
import { findPasswordFault } from './accounts/chosen-password.ts';
import type { Logger } from './logger.ts';
import { soundsDirectory } from './recordings/sounds-directory.ts';
import type { ServeConfig } from './serve-settings.ts';

type DeveloperSettings = Pick<
  ServeConfig,
  'DEVELOPER_PAGES' | 'BROWSER_PHONE_PASSWORD' | 'LOGIN_DATABASE_URL' | 'ARI_URL'
>;

/** Plugins for the HTTP server. @param recordings what callers hear now */
export async function openDeveloperPages(
  config: DeveloperSettings,
  recordings: { readonly folder: string },
  logger: Pick<Logger, 'warn' | 'error'>,
): Promise<FastifyPluginAsync[]> {
  if (!config.DEVELOPER_PAGES) return [];
  try {
    return [...(await openPhone(config, recordings)), ...(await openLogin(config, logger))];
  } catch (error) {
    if (!isMissing(error)) throw error;
    logger.warn(
      'DEVELOPER_PAGES is on, but this installation has no pages for developers; they are not served',
    );
    return [];
  }
}

/** Its import fails where development's packages are not installed; the login alone needs none of them. */
async function openPhone(
  { BROWSER_PHONE_PASSWORD: password, LOGIN_DATABASE_URL, ARI_URL: asterisk }: DeveloperSettings,
  recordings: { readonly folder: string },
): Promise<FastifyPluginAsync[]> {
  const { phonePages } = await import('../examples/phone/phone.ts');
  if (password === '') return [];
  const hasLogin = LOGIN_DATABASE_URL !== '';
  return [phonePages({ password, asterisk, recordings, script: soundsDirectory, hasLogin })];
}

async function openLogin(
  { LOGIN_DATABASE_URL: databaseUrl }: DeveloperSettings,
  logger: Pick<Logger, 'error'>,
): Promise<FastifyPluginAsync[]> {
  const { loginPages } = await import('../examples/login/login.ts');
  const { answerOnlyFromHere } = await import('../examples/from-here.ts');
  if (databaseUrl === '') return [];
  return [
    async (pages) => {
      answerOnlyFromHere(pages);
      await pages.register(loginPages({ databaseUrl, findPasswordFault, logger }));
    },
  ];
}

function isMissing(error: unknown): boolean {
  return ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes((error as NodeJS.ErrnoException).code ?? '');
}
