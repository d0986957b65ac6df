/** Does the carrier say who calls, and does it take calls back? Asked of the calls of the last 24 hours. */
import type { EndingCount } from '../mysql/database/database-facts.ts';
import { expectThat, type Finding } from './finding.ts';

/** Reasons (src/hotline/ending.ts) that a whole trunk gives, and not one caller. */
export const trunkReasons = [
  'the carrier asserts no number',
  'the call is not signed with attestation A',
  'the number is written as by HOTLINE_NUMBERS=national',
  'nobody vouches for the number',
] as const;
/** Endings of a call-back that did not get as far as the phone; `refused by the carrier: SIP 403` too. */
export const outboundReasons = ['carrier not reached', 'failed', 'refused by the carrier'] as const;

/** Of callers, a share of this many may be somebody's tricks; more is a setting of the trunk. */
const toleratedShare = 0.1;

export function checkCarriers(endings: readonly EndingCount[]): Finding[] {
  return [checkIdentities(endings), checkRefusals(endings)];
}

function checkIdentities(endings: readonly EndingCount[]): Finding {
  const nobody = endings.filter(({ reason }) => trunkReasons.some((each) => each === reason));
  const believed = sum(endings.filter(({ identity }) => identity === 'asserted'));
  const share = sum(nobody) / (sum(nobody) + believed);
  return expectThat(
    'callers whom the carrier names',
    nobody.length === 0 || share <= toleratedShare,
    `${believed} in 24 hours${nobody.length === 0 ? '' : `, and ${describe(nobody)}`}`,
    'ask the carrier, or change the rule of the trunk: docs/trunks.md, "When nobody is believed"',
    believed === 0 ? 'danger' : 'warning',
  );
}

function checkRefusals(endings: readonly EndingCount[]): Finding {
  const refused = endings.filter(
    ({ outcome, reason }) =>
      outcome === 'not-answered' && outboundReasons.some((each) => reason.startsWith(each)),
  );
  return expectThat(
    'calls back that the carrier took',
    refused.length === 0,
    refused.length === 0 ? 'none refused in 24 hours' : `not taken in 24 hours: ${describe(refused)}`,
    'docs/trunks.md, "Calls back that fail"; until then set CALL_BACK=off: callers are promised a call',
    'warning',
  );
}

const sum = (endings: readonly EndingCount[]): number =>
  endings.reduce((total, { number }) => total + number, 0);

/** `the carrier asserts no number (3), …` */
function describe(endings: readonly EndingCount[]): string {
  const byReason = Map.groupBy(endings, ({ reason }) => reason);
  return [...byReason].map(([reason, counted]) => `${reason} (${sum(counted)})`).join(', ');
}
