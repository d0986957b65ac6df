/** What became of a call from a trunk, and how its carrier writes numbers. */
import type { SipHeaders } from '../../../src/sip-caller/sip-message.ts';
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';
import { logsIn, type Citizen } from './citizens.ts';
import { enterCode } from './phone-call.ts';

export const e164 = (phone: string): string => `+84${phone.slice(1)}`;
export const digits = (phone: string): string => e164(phone).slice(1);

/** How a caller's number is written where the trunk is set to HOTLINE_NUMBERS=national. */
export const writtenNationally: Readonly<Record<string, (phone: string) => string>> = {
  'without the 0': (phone) => phone.slice(1),
  'with the 0 behind the country code': (phone) => `+84${phone}`,
  'with the 0 behind it, and no plus': (phone) => `84${phone}`,
};

/** Headers by which carriers assert a number, beside the plain one. */
export const assertions: Readonly<Record<string, (phone: string) => SipHeaders>> = {
  'by escapes, a tel: URI and parameters': (phone) => [
    ['From', `<sip:%2B${digits(phone)};user=phone@127.0.0.7>`],
    ['P-Asserted-Identity', `<tel:+${digits(phone)};phone-context=vn>`],
  ],
  'in two headers, sip: and tel:': (phone) => [
    [
      'P-Asserted-Identity',
      `"A \\"B\\", <sip:0900000000@x>" <sip:${e164(phone)};cpc=ordinary@carrier.example>`,
    ],
    ['P-Asserted-Identity', `<tel:${e164(phone)}>;cpc=ordinary`],
  ],
  'without brackets, in capitals, with Privacy: None': (phone) => [
    ['p-asserted-identity', `SIP:${e164(phone)}@carrier.example;user=phone`],
    ['Privacy', 'None'],
  ],
};

/** How carriers write the number that was dialled. */
export const dialledForms = [
  ...['019009068', '8419009068', '84019009068', '008419009068', '0084019009068', '+8419009068'],
  ...['tel:+8419009068', 'tel:19009068;phone-context=+84', 'SIP:8419009068@hotline.example;user=phone'],
  ...['19009068;npdi', '+8419009068;phone-context=+84', '%2B8419009068', '8419009068;rn=+84980000000;npdi'],
];

/** The caller hears a password, and it is the account's. */
export async function isServed(call: ScriptedCall, citizen: Citizen): Promise<void> {
  await enterCode(call, citizen.code);
  await call.hears('hotline/changed');
  await call.hangUp();
  expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
}

/** The caller is told that the number is unknown and offered the operator; no code is asked for. */
export async function isNobody(call: ScriptedCall, claimed: Citizen): Promise<void> {
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.heardToEnd('hotline/no-identity');
  await call.hears('hotline/offer-operator');
  // Not before the offer: on a busy machine the phone keys so slowly that a 0 would take the operator meanwhile.
  await call.keys(claimed.code); // although it was not asked for
  await call.hangUp();
  expect(await logsIn(claimed, claimed.oldPassword)).toBe(true);
}
