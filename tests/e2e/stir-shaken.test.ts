/**
 * The rule `stir-shaken-a` of a trunk, over real SIP, with calls that are really signed. Its Asterisk is the
 * shipped one, configured as in docs/trunks.md.
 */
import { rmSync } from 'node:fs';
import type { CallerIdentity } from '../../src/sip-caller/identity.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { auditOf, callFrom, enterCode } from '../support/machine/phone-call.ts';
import { edit, startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';
import { SigningCarrier, type Passport } from '../support/machine/signing-carrier.ts';
import { digits, e164, isNobody, isServed } from '../support/machine/trunk-call.ts';

/** Numbers to which a carrier may deliver calls, with and without the dialplan setting the dialled number. */
const delivered = { explained: '842838445566', unexplained: '842838445567' };
const deliveries = `exten => ${delivered.unexplained},1,Goto(hotline-identity,s,1)
exten => ${delivered.explained},1,Set(CALLERID(dnid)=19009068)
 same => n,Goto(hotline-identity,s,1)
`;
let carrier: SigningCarrier;
let asterisk: RealAsterisk;
let application: OwnApplication;

beforeAll(async () => {
  carrier = new SigningCarrier();
  await carrier.serve();
  asterisk = await startAsterisk((config) => {
    edit(config, 'extensions.conf', [[/(?<=\[from-trunk\]\n)/, deliveries]]);
    // An admin's list of modules may lack it: each call logs an error, and is served all the same.
    edit(config, 'modules.conf', [[/require = func_cdr\.so\n/, '']]);
    return carrier.overlay(config);
  });
  application = await OwnApplication.start(asterisk);
});

afterAll(async () => {
  await application?.stop();
  await asterisk?.stop();
  carrier.close();
  rmSync(carrier.directory, { recursive: true });
  await closeRegistryDatabase();
});

describe('a trunk set to stir-shaken-a', () => {
  /** A signed call. From, P-Asserted-Identity and the signed number are the citizen's unless given otherwise. */
  function signedCall(
    { phone }: Citizen,
    passport: Partial<Passport> = {},
    claims: Partial<CallerIdentity> = {},
    dial = '19009068',
  ): Promise<ScriptedCall> {
    const signature = carrier.headers({ orig: digits(phone), attest: 'A', ...passport });
    return callFrom(phone, {
      target: asterisk.sip,
      dial,
      identity: { from: e164(phone), ...claims, headers: [...signature, ...(claims.headers ?? [])] },
    });
  }

  test.concurrent('attestation A, signed and verified, is served', async () => {
    const citizen = await newCitizen();
    await isServed(await signedCall(citizen), citizen);
    expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'changed' }]);
  });

  test.concurrent(
    'attestation A without P-Asserted-Identity is served: From is the signed number',
    async () => {
      const citizen = await newCitizen();
      await isServed(await signedCall(citizen, {}, { pai: null }), citizen);
    },
  );

  test.concurrent.each<[string, (claimed: Citizen) => Partial<Passport>]>([
    ['attestation B', () => ({ attest: 'B' })],
    ['attestation C', () => ({ attest: 'C' })],
    ['a signature for another number', () => ({ orig: '84911000000' })],
    ['a signature for the national form of the number', ({ phone }) => ({ orig: phone })],
    ['a signature two minutes old', () => ({ iat: Math.floor(Date.now() / 1000) - 120 })],
    ['a certificate from an unknown authority', () => ({ signer: 'stranger' })],
    ['a certificate without the right to sign numbers', () => ({ signer: 'no-number-rights' })],
    ['a certificate that does not exist', () => ({ signer: 'missing' })],
    ['a signature with another key than that of the certificate', () => ({ forged: 'other-key' })],
    ['a token that says it needs no signature', () => ({ forged: 'alg-none' })],
    ['a signature for a call to another number', () => ({ dest: { tn: ['842438223344'] } })],
    ['a signature without a called number', () => ({ dest: null })],
    ['a signature with an empty list of called numbers', () => ({ dest: { tn: [] } })],
    ['a signature for a call to a SIP address', () => ({ dest: { uri: ['sip:19009068@carrier.example'] } })],
    ['a signature whose called numbers are not a list', () => ({ dest: { tn: '19009068' } })],
  ])('%s is not trusted', async (_title, passport) => {
    const claimed = await newCitizen();
    await isNobody(await signedCall(claimed, passport(claimed)), claimed);
  });

  test.concurrent.each([
    ['in E.164', { tn: ['8419009068'] }],
    ['among other numbers', { tn: ['842438223344', '8419009068'], uri: ['sip:19009068@carrier.example'] }],
  ])('a signature for the dialled number %s is served', async (_title, dest) => {
    const citizen = await newCitizen();
    await isServed(await signedCall(citizen, { dest }), citizen);
  });

  const identityOf = (passport: Passport) =>
    carrier.headers(passport).filter(([name]) => name === 'Identity');

  test.concurrent.each<[string, string, string]>([
    ['the second', '842438223344', '19009068'],
    ['the first', '19009068', '842438223344'],
    ['each', '19009068', '19009068'],
  ])(
    'two signatures are not trusted, even if %s is for a call to the hotline',
    async (_title, first, second) => {
      const claimed = await newCitizen();
      const headers = identityOf({ orig: digits(claimed.phone), attest: 'A', dest: { tn: [second] } });
      await isNobody(await signedCall(claimed, { dest: { tn: [first] } }, { headers }), claimed);
    },
  );

  test.concurrent(
    'if the carrier replaces the dialled number, no caller is trusted until the dialplan sets the dialled one',
    async () => {
      const [claimed, citizen] = [await newCitizen(), await newCitizen()];
      await isNobody(await signedCall(claimed, {}, {}, delivered.unexplained), claimed);
      await isServed(await signedCall(citizen, {}, {}, delivered.explained), citizen);
    },
  );

  test.concurrent('a call that is not signed is not trusted', async () => {
    const claimed = await newCitizen();
    await isNobody(
      await callFrom(claimed.phone, { target: asterisk.sip, identity: { from: e164(claimed.phone) } }),
      claimed,
    );
  });

  test.concurrent('a signed call whose number is withheld is not trusted', async () => {
    const claimed = await newCitizen();
    await isNobody(await signedCall(claimed, {}, { headers: [['Privacy', 'id']] }), claimed);
  });

  test.concurrent(
    'a caller with a signature for their own number, shown in Remote-Party-ID, is not trusted as the number in From',
    async () => {
      const [attacker, victim] = [await newCitizen(), await newCitizen()];
      const ownNumber: [string, string] = [
        'Remote-Party-ID',
        `<sip:${e164(attacker.phone)}@127.0.0.2>;party=calling;screen=yes;privacy=off`,
      ];
      await isNobody(
        await signedCall(victim, { orig: digits(attacker.phone) }, { pai: null, headers: [ownNumber] }),
        victim,
      );
    },
  );

  test.concurrent.each(['UPDATE', 'INVITE'] as const)(
    'a caller with a signature for their own number who shows another during the call by %s is not trusted as that one',
    async (method) => {
      const [attacker, victim] = [await newCitizen(), await newCitizen()];
      const shown = ({ phone }: Citizen): [string, string] => [
        'Remote-Party-ID',
        `<sip:${e164(phone)}@127.0.0.2>;party=calling;screen=yes;privacy=off`,
      ];
      const call = await signedCall(
        victim,
        { orig: digits(attacker.phone) },
        { pai: null, headers: [shown(attacker)] },
      );
      expect(await call.changeIdentity(method, [shown(victim)])).toBe(200);
      await isNobody(call, victim);
    },
  );

  test.concurrent(
    'a caller with a signature for their own number, asserted, is not trusted as the number in From',
    async () => {
      const [attacker, victim] = [await newCitizen(), await newCitizen()];
      const call = await signedCall(attacker, {}, { from: e164(victim.phone), pai: e164(attacker.phone) });
      await enterCode(call, victim.code);
      await call.hears('hotline/mismatch');
      await call.hangUp();
      expect(await logsIn(victim, victim.oldPassword)).toBe(true);
    },
  );
});
