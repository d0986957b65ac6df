/** What the commands that ask Asterisk over its manager interface share. */
import type { Ami, AmiOptions } from '../asterisk/ami/ami.ts';
import type { Config } from '../config.ts';

export const amiSettings = ['AMI_HOST', 'AMI_PORT', 'AMI_USERNAME', 'AMI_PASSWORD'] as const;

type AmiConfig = Pick<Config, (typeof amiSettings)[number]>;

/** The settings as a connection takes them. */
export function amiOptions(config: AmiConfig): AmiOptions {
  return {
    host: config.AMI_HOST,
    port: config.AMI_PORT,
    username: config.AMI_USERNAME,
    password: config.AMI_PASSWORD,
  };
}

/** Runs `use` on a connection of its own. @throws AmiFailed */
export async function withAmi<T>(config: AmiConfig, use: (ami: Ami) => Promise<T>): Promise<T> {
  const { Ami } = await import('../asterisk/ami/ami.ts');
  const ami = await Ami.connect(amiOptions(config));
  try {
    return await use(ami);
  } finally {
    ami.close();
  }
}
