/**
 * Who is calling, and whether to believe it (docs/adr/0012-identity.md). The dialplan only names the
 * rule for a call. The judging happens here, where text from the caller is never part of an expression.
 */
import { normaliseDialled, normalisePhone, type NumberForms } from '../accounts/phone-number.ts';
import type { CallerClaims, Channel, SignedCall, Told } from '../call/channel.ts';
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
 * - `unasserted`: the carrier had to assert the number, and did not. From is only a claim.
 * - `unsigned`: the call had to be signed with attestation A, and is not. The number is only a claim.
 * - `withheld`, `unattested`, `answered`: the dialplan has already judged. `answered`: something answered the call
 *   before the dialplan could look at its headers, and a re-INVITE may have added its own.
 */
const rules = [
  'asserted',
  'pai-required',
  'pai-or-from',
  'stir-shaken-a',
  'contradictory',
  'unasserted',
  'unsigned',
  'withheld',
  'unattested',
  'answered',
] as const;
export type IdentityRule = (typeof rules)[number];

/**
 * The verdict. Only `asserted` may reset in the same call; `contradictory` names who would be called back.
 * The number of an `unasserted` or `unattested` call is a claim: the audit finds the call by it, and nothing
 * else uses it.
 */
export type CallerIdentity =
  | { readonly verdict: 'asserted'; /** E.164 */ readonly phone: string }
  | { readonly verdict: 'contradictory'; readonly phone: string; readonly reason: NoIdentityReason }
  | Distrusted;

interface Distrusted {
  readonly verdict: 'unasserted' | 'unattested' | 'withheld';
  /** E.164; null if none is claimed, or it was withheld. */
  readonly phone: string | null;
  readonly reason: NoIdentityReason;
}

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
    case 'unasserted':
      return judgeUnasserted(await channel.readClaims(), forms);
    case 'unsigned':
      return judgeUnsigned(await channel.readClaims(), forms);
    case 'pai-required':
    case 'pai-or-from':
      return judgeClaims(await channel.readClaims(), rule === 'pai-or-from', forms);
    case 'contradictory':
      return contradict(judgeClaims(await channel.readClaims(), false, forms));
    case 'stir-shaken-a': {
      const [claims, signed] = await Promise.all([channel.readClaims(), channel.readSignature()]);
      return checkSignature(judgeClaims(claims, true, forms), signed);
    }
  }
}

/**
 * What an operator is told of it. They see the number that the PBX shows only if it is the one believed: another may
 * come from a Remote-Party-ID, for example.
 */
export function tellIdentity(
  { verdict, phone }: CallerIdentity,
  shown: string,
  forms?: NumberForms,
): Pick<Told, 'verdict' | 'number'> {
  const isCertain = verdict === 'asserted' && normalisePhone(shown, forms) === phone;
  return { verdict, ...(isCertain && { number: 'certain' }) };
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
  if (isDistrusted(identity)) return identity;
  const { phone } = identity;
  if (passport === null) return distrust('unattested', 'what was signed cannot be read', phone);
  if (normalisePhone(passport.caller) !== phone)
    return distrust('unattested', 'another number is signed', phone);
  const hotline = normaliseDialled(dialled);
  const isForUs = hotline !== null && passport.called.some((number) => normaliseDialled(number) === hotline);
  return isForUs ? identity : distrust('unattested', 'the signature is for a call to another number', phone);
}

/** P-Asserted-Identity is not looked at: if there is one now, it came within the call. */
function judgeUnasserted({ from }: CallerClaims, forms: NumberForms): CallerIdentity {
  if (isAnonymous(from)) return distrust('withheld', 'From is anonymous');
  return distrust('unasserted', 'the carrier asserts no number', normalisePhone(from, forms));
}

function judgeUnsigned(claims: CallerClaims, forms: NumberForms): CallerIdentity {
  if (isAnonymous(claims.from)) return distrust('withheld', 'From is anonymous');
  return distrust('unattested', 'the call is not signed with attestation A', claimedIn(claims, forms));
}

function judgeClaims(claims: CallerClaims, fromCounts: boolean, forms: NumberForms): CallerIdentity {
  const { asserted, from, isAnsweredElsewhere } = claims;
  // Over UDP anyone can forge the carrier's address. With the responses sent to their own address they
  // could hold a whole call.
  if (isAnsweredElsewhere)
    return distrust(
      'unattested',
      'the answers go to another address than the call came from',
      claimedIn(claims, forms),
    );
  const [pai, ...others] = asserted;
  if (pai === undefined)
    return fromCounts
      ? judgeNumber(from, 'From is no number that can be used', forms)
      : judgeUnasserted(claims, forms);
  const identity = judgeNumber(pai, 'the number asserted cannot be used', forms);
  if (isDistrusted(identity)) return identity;
  const { phone } = identity;
  // A carrier repeats its assertion in each re-INVITE, so the same number may come often.
  if (others.some((other) => normalisePhone(other, forms) !== phone)) return contradict(identity);
  if (isAnonymous(from)) return distrust('withheld', 'From is anonymous');
  if (normalisePhone(from, forms) !== phone)
    return { verdict: 'contradictory', phone, reason: 'From is not the number asserted' };
  return identity;
}

/** The same caller, who is not served in this call; one who is nobody stays nobody. */
function contradict(identity: CallerIdentity): CallerIdentity {
  if (isDistrusted(identity)) return identity;
  return { verdict: 'contradictory', phone: identity.phone, reason: 'several numbers are asserted' };
}

/**
 * Foreign, malformed and hostile numbers identify no caller.
 *
 * @param forms undefined: the PBX itself wrote the number
 */
function judgeNumber(raw: string, otherwise: NoIdentityReason, forms?: NumberForms): CallerIdentity {
  const phone = normalisePhone(raw, forms);
  if (phone !== null) return { verdict: 'asserted', phone };
  const inOtherForm = forms === 'usual' ? normalisePhone(raw, 'national') : null;
  return inOtherForm === null
    ? distrust('withheld', otherwise)
    : distrust('unattested', 'the number is written as by HOTLINE_NUMBERS=national', inOtherForm);
}

/** The number the call claims to come from, whichever header says so; null if it cannot be read. */
function claimedIn({ asserted: [pai], from }: CallerClaims, forms: NumberForms): string | null {
  return normalisePhone(pai ?? from, forms);
}

function isAnonymous(from: string): boolean {
  return /^anonymous$/i.test(from);
}

function isDistrusted(identity: CallerIdentity): identity is Distrusted {
  return identity.verdict !== 'asserted' && identity.verdict !== 'contradictory';
}

/** @param claimed E.164 */
function distrust(
  verdict: Distrusted['verdict'],
  reason: NoIdentityReason,
  claimed: string | null = null,
): CallerIdentity {
  return { verdict, phone: claimed, reason };
}
