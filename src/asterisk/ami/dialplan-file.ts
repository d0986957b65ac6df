/**
 * The files that Asterisk would load. They are looked at before a reload, so that a dialplan that has lost the hotline
 * never takes the place of the running one.
 */
import type { AmiPacket } from 'asterisk-manager';
import { AmiFailed, type Ami } from './ami.ts';

/** The extensions that the hotline needs in the dialplan, and the files that hold them. */
export const required = [
  { context: 'hotline-menu', extension: 's', file: 'extensions-hotline.conf' },
  { context: 'hotline-branches', extension: '8', file: 'extensions-hotline.conf' },
  { context: 'hotline-application', extension: '_[a-z][a-z]!', file: 'extensions-hotline.conf' },
  { context: 'hotline-application', extension: 'T', file: 'extensions-hotline.conf' },
  { context: 'hotline-operator', extension: 's', file: 'extensions-site.conf' },
] as const;

/**
 * Reads the files of dialplan and SIP as Asterisk would, with their includes. AMI privileges: write `system` and
 * `reporting`.
 *
 * @throws AmiFailed if Asterisk cannot read them, or if they lack menu, branch 8 or operator
 */
export async function checkFiles(ami: Ami): Promise<void> {
  // A filter that no section of secrets matches.
  await readFile(ami, { Filename: 'pjsip.conf', Filter: 'type=^global$' });
  for (const { context, extension, file } of required) {
    const section = await readFile(ami, { Filename: 'extensions.conf', Category: context });
    if (extensionsIn(section).has(extension)) continue;
    // From extensions.ael or extensions.lua, which a reload of extensions.conf leaves alone.
    const steps = await stepsOf(ami, context, extension);
    if (steps.some((step) => step['registrar'] !== 'pbx_config')) continue;
    throw new AmiFailed(
      `not reloaded: extensions.conf and its includes have no extension ${extension} in context [${context}]: check ${file}; callers need it. The running dialplan goes on as it was`,
    );
  }
}

/** The steps of an extension in the running dialplan. @throws AmiFailed */
export async function stepsOf(ami: Ami, context: string, extension: string): Promise<AmiPacket[]> {
  try {
    const entries = await ami.list({ Action: 'ShowDialPlan', Context: context });
    return entries.filter((entry) => entry['event'] === 'ListDialplan' && entry['extension'] === extension);
  } catch (error) {
    if (error instanceof AmiFailed && error.message.includes('Did not find context')) return [];
    throw error;
  }
}

/** Sections of a file; none if there is no such file. */
async function readFile(ami: Ami, which: { Filename: string; [only: string]: string }): Promise<AmiPacket> {
  try {
    return await ami.action({ Action: 'GetConfig', ...which });
  } catch (error) {
    if (!(error instanceof AmiFailed)) throw error;
    if (error.message.includes('not found')) return {};
    if (!error.message.includes('invalid format')) throw error;
    throw new AmiFailed(
      `not reloaded: Asterisk cannot read ${which.Filename}: look for a [ that is not closed, a line before the first section, and an #include of a file that is not there, also in the files it includes. What is running goes on as it was`,
    );
  }
}

/** From lines as `line-000001-000002: exten=s,1,Answer()`, of sections other than templates. */
function extensionsIn(section: AmiPacket): ReadonlySet<string> {
  const lines = Object.entries(section).filter(([key]) => {
    const number = /^line-(\d+)-\d+$/.exec(key)?.[1];
    return number !== undefined && section[`istemplate-${number}`] === undefined;
  });
  const settings = lines.map(([, line]) => String(line));
  return new Set(
    settings
      .filter((line) => line.startsWith('exten='))
      .map((line) => line.slice('exten='.length).split(',', 1)[0]!.trim()),
  );
}
