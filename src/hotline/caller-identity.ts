/**
 * Who is calling, as far as it may be believed (docs/adr/0012-identity.md). The dialplan says by
 * which rule a call is to be judged; the judging is here, where no text of the caller is ever part
 * of an expression.
 */
import { normaliseDialled, normalisePhone } from '../accounts/phone-number.ts';
import type { CallerClaims, Channel, SignedCall } from '../call/channel.ts';

/**
 * What the dialplan gives to `Stasis()` behind `reset`:
 *
 * - `asserted`: the PBX itself fixed the number (softphones); it is the channel's caller ID.
 * - `pai-required`: P-Asserted-Identity names the caller, and From does not contradict it.
 * - `pai-or-from`: the same; without P-Asserted-Identity, From is taken.
 * - `stir-shaken-a`: the call is signed with attestation A; then as `pai-or-from`, if that is the
 *   number signed, and the number dialled is the one it was signed for.
 * - `withheld`, `unattested`: the dialplan has judged already.
 */
const rules = ['asserted', 'pai-required', 'pai-or-from', 'stir-shaken-a', 'withheld', 'unattested'] as const;
export type IdentityRule = (typeof rules)[number];

/** The judgement. Only `asserted` may reset at once; `contradictory` names who would be called back. */
export type CallerIdentity =
  | {
      readonly verdict: 'asserted' | 'contradictory';
      /** E.164 */ readonly phone: string;
      readonly reason: string;
    }
  | { readonly verdict: 'withheld' | 'unattested'; readonly phone: null; readonly reason: string };

/** The rule of a call; whatever the dialplan gives that is no rule believes nobody. */
export function identityRule(argument: string | undefined): IdentityRule {
  return rules.find((rule) => rule === argument) ?? 'unattested';
}

/** Judges one call. @throws ChannelGone; whatever the PBX answers instead of its headers. */
export async function identifyCaller(channel: Channel, rule: IdentityRule): Promise<CallerIdentity> {
  switch (rule) {
    case 'asserted':
      return number(channel.callerNumber, 'the PBX gives no number that can be used');
    case 'withheld':
      return nobody('withheld', 'the caller or the carrier withheld the number');
    case 'unattested':
      return nobody('unattested', 'nobody vouches for the number');
    case 'pai-required':
    case 'pai-or-from':
      return judge(await channel.readClaims(), rule === 'pai-or-from');
    case 'stir-shaken-a':
      return signed(judge(await channel.readClaims(), true), await channel.readSignature());
  }
}

/**
 * What Asterisk leaves open of a signature it has verified.
 *
 * It compares the number signed with its caller ID, which may come from a Remote-Party-ID where a
 * caller shows a number of their own beside somebody else's in From, and which a later UPDATE may
 * change: so the number judged is compared with what was signed. And it does not compare the number
 * called: whoever the owner calls could use that call's signature for one to the hotline.
 */
function signed(identity: CallerIdentity, { dialled, passport }: SignedCall): CallerIdentity {
  if (identity.phone === null) return identity;
  if (passport === null) return nobody('unattested', 'what was signed cannot be read');
  if (normalisePhone(passport.caller) !== identity.phone)
    return nobody('unattested', 'another number is signed');
  const hotline = normaliseDialled(dialled);
  const isForUs = hotline !== null && passport.called.some((number) => normaliseDialled(number) === hotline);
  return isForUs ? identity : nobody('unattested', 'the signature is for a call to another number');
}

function judge({ asserted, from, isAnsweredElsewhere }: CallerClaims, fromMayDo: boolean): CallerIdentity {
  // Over UDP anybody may write the carrier's address on a packet; who has the answers too can hold a whole call.
  if (isAnsweredElsewhere)
    return nobody('unattested', 'the answers go to another address than the call came from');
  const [pai, ...others] = asserted;
  if (pai === undefined)
    return fromMayDo
      ? number(from, 'From is no number that can be used')
      : nobody('withheld', 'the carrier asserts no number');
  const identity = number(pai, 'the number asserted cannot be used');
  if (identity.phone === null) return identity;
  const { phone } = identity;
  // RFC 3325 allows one sip: and one tel: of the same person.
  if (others.some((other) => normalisePhone(other) !== phone))
    return { verdict: 'contradictory', phone, reason: 'several numbers are asserted' };
  if (/^anonymous$/i.test(from)) return nobody('withheld', 'From is anonymous');
  if (normalisePhone(from) !== phone)
    return { verdict: 'contradictory', phone, reason: 'From is not the number asserted' };
  return identity;
}

/** Foreign, malformed and hostile numbers are nobody's. */
function number(raw: string, otherwise: string): CallerIdentity {
  const phone = normalisePhone(raw);
  return phone === null ? nobody('withheld', otherwise) : { verdict: 'asserted', phone, reason: 'asserted' };
}

function nobody(verdict: 'withheld' | 'unattested', reason: string): CallerIdentity {
  return { verdict, phone: null, reason };
}
