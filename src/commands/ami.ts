/** What the commands that ask Asterisk over its manager interface share. */
import type { Ami } from '../asterisk/ami/ami.ts';
import { amiOf } from '../serve-settings.ts';

/** Runs `use` in a session of its own. @throws AmiFailed */
export async function withAmi<T>(
  config: Parameters<typeof amiOf>[0],
  use: (ami: Ami) => Promise<T>,
): Promise<T> {
  const ami = await import('../asterisk/ami/ami.ts');
  return ami.withAmi(amiOf(config), use);
}
