/** Whether the admin's own steps before the menu, and their own menu, still lead callers to branch 8. */
import { leadsToBranch8, reachable } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import type { PbxFacts } from './pbx-facts.ts';

/** None where the admin has neither (extensions-site.conf). */
export function checkSite(pbx: PbxFacts): Finding[] {
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
