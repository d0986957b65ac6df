/** The counts that the dialplan keeps in Asterisk's own database (extensions-hotline.conf, [hotline-count]). */
import type { KeptCount } from '../../call/kept-menu-counts.ts';
import { AmiFailed, type Ami } from './ami.ts';

const family = 'hotline-count';
/** `/hotline-count/202611300215/left` */
const keyForm = /^\/hotline-count\/(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)\/([a-z-]{1,20})$/;

/** Reads all counts. @throws AmiFailed */
export async function readMenuCounts(ami: Ami): Promise<KeptCount[]> {
  const entries = await ami.list({ Action: 'DBGetTree', Family: family });
  return entries.flatMap(({ key, val }) => {
    const [, year, month, day, hour, minute, event] = keyForm.exec(String(key)) ?? [];
    if (event === undefined) return [];
    const calls = Number(val);
    return [{ minute: `${year}-${month}-${day}T${hour}:${minute}Z`, event, calls }];
  });
}

/** Removes the counts of one minute, if they are there. @throws AmiFailed */
export async function forgetMenuCounts(ami: Ami, minute: string): Promise<void> {
  try {
    await ami.action({ Action: 'DBDelTree', Family: family, Key: minute.replace(/\D/g, '') });
  } catch (error) {
    if (!(error instanceof AmiFailed && error.message.includes('not found'))) throw error;
  }
}
