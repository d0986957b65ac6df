/** The phone in the browser (examples/phone/): what the PBX and the application are given for it. */
import { newSecret } from '../machine/secret.ts';

export interface BrowserPhone {
  /** Files that Asterisk includes from /etc/hotline, by name. */
  readonly pbxFiles: Readonly<Record<string, string>>;
  /** Settings of the application. */
  readonly settings: Readonly<Record<'DEVELOPER_PAGES' | 'BROWSER_PHONE_PASSWORD', string>>;
}

/** With a password that ends with this start, and is kept nowhere else. */
export async function newBrowserPhone(): Promise<BrowserPhone> {
  const { pbxFiles } = await import('../../examples/phone/pbx.ts');
  const password = newSecret();
  return {
    pbxFiles: pbxFiles(password),
    settings: { DEVELOPER_PAGES: 'on', BROWSER_PHONE_PASSWORD: password },
  };
}
