/** Whether what an admin has written in extensions-site.conf does what they mean. */
import { leadsToBranch8, reachable } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import type { PbxFacts } from './pbx-facts.ts';

/** The hotline's settings there, and the admin's own steps and menu if they have them. */
export function checkSite(pbx: PbxFacts): Finding[] {
  return [...checkOwnSteps(pbx), checkFee(pbx)];
}

/** Whether their own steps before the menu, and their own menu, still lead callers to branch 8. */
function checkOwnSteps(pbx: PbxFacts): Finding[] {
  const has = (name: string) => pbx.dialplan.some(({ context }) => context === name);
  const check = (context: string, leadsOn: boolean, step: string) =>
    expectThat(
      context === 'hotline-site-menu' ? 'your own menu' : 'your steps before the menu',
      leadsOn,
      leadsOn ? `[${context}]` : `[${context}] has no way to ${step}`,
      `extensions-site.conf, [${context}]: Goto(${step}); until then no caller gets a password`,
    );
  const leadsToMenu = reachable(pbx.dialplan, 'hotline-site-before-menu').has('hotline-menu');
  return [
    ...(has('hotline-site-before-menu')
      ? [check('hotline-site-before-menu', leadsToMenu, 'hotline-menu,s,answer')]
      : []),
    ...(has('hotline-site-menu')
      ? [check('hotline-site-menu', leadsToBranch8(pbx, 'hotline-site-menu'), 'hotline-branches,8,1')]
      : []),
  ];
}

/** The dialplan takes anything but yes for no. */
function checkFee({ feeAnnouncement, dialplan }: PbxFacts): Finding {
  const title = 'announcement of the fee';
  if (!['yes', 'no', ''].includes(feeAnnouncement)) {
    const change = 'extensions-site.conf: HOTLINE_FEE_ANNOUNCEMENT = yes, or = no';
    return expectThat(title, false, 'neither yes nor no, so callers are not told', change);
  }
  if (feeAnnouncement !== 'yes') return expectThat(title, true, 'off', '');
  const menu = dialplan.filter(({ context }) => context === 'hotline-site-menu');
  const isTold = menu.length === 0 || menu.some(({ does }) => does.includes('hotline/fee'));
  return expectThat(
    title,
    isTold,
    isTold ? 'before the menu' : '[hotline-site-menu] does not say it',
    'extensions-site.conf, [hotline-site-menu]: begin what it plays first with hotline/fee&',
    'warning',
  );
}
