/**
 * Who is calling, and whether to believe it (docs/adr/0012-identity.md). The dialplan only names the
 * rule for a call. The judging happens here, where text from the caller is never part of an expression.
 */
import { normaliseDialled, normalisePhone, type NumberForms } from '../accounts/phone-number.ts';
import type { CallerClaims, Channel, SignedCall } from '../call/channel.ts';
import type { NoIdentityReason } from './ending.ts';

/**
 * What the dialplan passes to `Stasis()` after `reset`:
 *
 * - `asserted`: the PBX itself set the number (softphones); it is the channel's caller ID.
 * - `pai-required`: P-Asserted-Identity names the caller, and From does not contradict it.
 * - `pai-or-from`: the same, but without P-Asserted-Identity, From counts.
 * - `stir-shaken-a`: the call is signed with attestation A. Judged as by `pai-or-from`; in addition,
 *   the number must be the one signed, and the call must be signed for the number dialled.
 * - `contradictory`: several numbers were asserted at once. The first may be called back, no more.
 * - `withheld`, `unattested`, `answered`: the dialplan has already judged. `answered`: something answered the call
 *   before the dialplan could look at its headers, and a re-INVITE may have added its own.
 */
const rules = [
  'asserted',
  'pai-required',
  'pai-or-from',
  'stir-shaken-a',
  'contradictory',
  'withheld',
  'unattested',
  'answered',
] as const;
export type IdentityRule = (typeof rules)[number];

/**
 * The verdict. Only `asserted` may reset in the same call; `contradictory` names who would be called back.
 */
export type CallerIdentity =
  | { readonly verdict: 'asserted'; /** E.164 */ readonly phone: string }
  | { readonly verdict: 'contradictory'; readonly phone: string; readonly reason: NoIdentityReason }
  | { readonly verdict: 'withheld' | 'unattested'; readonly phone: null; readonly reason: NoIdentityReason };

/** The rule of a call. An unknown rule trusts no caller. */
export function identityRule(argument: string | undefined): IdentityRule {
  return rules.find((rule) => rule === argument) ?? 'unattested';
}

/** How the trunk writes numbers: HOTLINE_NUMBERS on its endpoint. Anything else means the usual forms. */
export function numberForms(argument: string | undefined): NumberForms {
  return argument === 'national' ? 'national' : 'usual';
}

/**
 * Judges one call.
 *
 * @param forms how numbers in its headers are written
 * @throws ChannelGone, or the PBX's error if it cannot be asked
 */
export async function identifyCaller(
  channel: Channel,
  rule: IdentityRule,
  forms: NumberForms = 'usual',
): Promise<CallerIdentity> {
  switch (rule) {
    case 'asserted':
      return judgeNumber(channel.callerNumber, 'the PBX gives no number that can be used');
    case 'withheld':
      return distrust('withheld', 'the caller or the carrier withheld the number');
    case 'unattested':
      return distrust('unattested', 'nobody vouches for the number');
    case 'answered':
      return distrust('unattested', 'the dialplan answered the call before hotline-identity');
    case 'pai-required':
    case 'pai-or-from':
      return judgeClaims(await channel.readClaims(), rule === 'pai-or-from', forms);
    case 'contradictory':
      return contradict(judgeClaims(await channel.readClaims(), false, forms));
    case 'stir-shaken-a':
      return checkSignature(
        judgeClaims(await channel.readClaims(), true, forms),
        await channel.readSignature(),
      );
  }
}

/**
 * Closes two gaps that Asterisk leaves after it has verified a signature.
 *
 * Asterisk compares the number signed with its caller ID. The caller ID may come from a
 * Remote-Party-ID, which a caller can set beside another person's number in From, and a later UPDATE
 * may change it. So the number judged here must be the number signed. Asterisk also does not compare
 * the number called: anyone whom the owner calls could reuse that call's signature to call the hotline.
 */
function checkSignature(identity: CallerIdentity, { dialled, passport }: SignedCall): CallerIdentity {
  if (identity.phone === null) return identity;
  if (passport === null) return distrust('unattested', 'what was signed cannot be read');
  if (normalisePhone(passport.caller) !== identity.phone)
    return distrust('unattested', 'another number is signed');
  const hotline = normaliseDialled(dialled);
  const isForUs = hotline !== null && passport.called.some((number) => normaliseDialled(number) === hotline);
  return isForUs ? identity : distrust('unattested', 'the signature is for a call to another number');
}

function judgeClaims(
  { asserted, from, isAnsweredElsewhere }: CallerClaims,
  fromCounts: boolean,
  forms: NumberForms,
): CallerIdentity {
  // Over UDP anyone can forge the carrier's address. With the responses sent to their own address they
  // could hold a whole call.
  if (isAnsweredElsewhere)
    return distrust('unattested', 'the answers go to another address than the call came from');
  const [pai, ...others] = asserted;
  if (pai === undefined)
    return fromCounts
      ? judgeNumber(from, 'From is no number that can be used', forms)
      : distrust('withheld', 'the carrier asserts no number');
  const identity = judgeNumber(pai, 'the number asserted cannot be used', forms);
  if (identity.phone === null) return identity;
  const { phone } = identity;
  // A carrier repeats its assertion in each re-INVITE, so the same number may come often.
  if (others.some((other) => normalisePhone(other, forms) !== phone)) return contradict(identity);
  if (/^anonymous$/i.test(from)) return distrust('withheld', 'From is anonymous');
  if (normalisePhone(from, forms) !== phone)
    return { verdict: 'contradictory', phone, reason: 'From is not the number asserted' };
  return identity;
}

/** The same caller, who is not served in this call; one who is nobody stays nobody. */
function contradict(identity: CallerIdentity): CallerIdentity {
  if (identity.phone === null) return identity;
  return { verdict: 'contradictory', phone: identity.phone, reason: 'several numbers are asserted' };
}

/** Foreign, malformed and hostile numbers identify no caller. */
function judgeNumber(raw: string, otherwise: NoIdentityReason, forms: NumberForms = 'usual'): CallerIdentity {
  const phone = normalisePhone(raw, forms);
  return phone === null ? distrust('withheld', otherwise) : { verdict: 'asserted', phone };
}

function distrust(verdict: 'withheld' | 'unattested', reason: NoIdentityReason): CallerIdentity {
  return { verdict, phone: null, reason };
}
