/**
 * Text from outside is read in linear time (docs/adr/0032-linear-time.md). Lint proves it of every
 * regular expression of src/; this measures whole readers, with their loops. A file of src/ that takes text
 * apart is listed here, with what it reads or why nobody outside writes it: a new one fails the first test.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockReasonFault } from '../src/accounts/block-reason.ts';
import { isBhxhCode } from '../src/accounts/bhxh-code.ts';
import { findPasswordFault } from '../src/accounts/chosen-password.ts';
import { readOldLandline } from '../src/accounts/landline-before-2017.ts';
import { maskPhone, normaliseDialled, normalisePhone } from '../src/accounts/phone-number.ts';
import { withoutLineBreaks } from '../src/asterisk/ami/ami.ts';
import { readEvent, readMessage } from '../src/asterisk/ari/ari-events.ts';
import { readAnswer } from '../src/asterisk/ari/line-state.ts';
import { usersOf } from '../src/asterisk/ari/sip-identity.ts';
import { readPassport } from '../src/asterisk/ari/stir-shaken.ts';
import { readSipParts } from '../src/asterisk/hep/sip-text.ts';
import { redactText } from '../src/logger.ts';
import { configFileOf, endpointOf } from '../src/doctor/pbx-facts.ts';
import { checkDetailRecords } from '../src/doctor/detail-records.ts';
import { readPlace, signInFor } from '../src/console/next-place.ts';
import { dangerousSteps, leadsToBranch8 } from '../src/doctor/dialplan.ts';
import { checkWayToIdentity } from '../src/doctor/way-to-identity.ts';
import { placeDocuments } from '../src/installation.ts';
import { envLine, readEnvFile } from '../src/machine/env-file.ts';
import { isLoopback } from '../src/machine/loopback.ts';
import { networkOf } from '../src/machine/network-of.ts';
import { parseListening } from '../src/machine/sockets.ts';
import { describeTlsFailure } from '../src/machine/tls-failure.ts';
import { isAtLeast } from '../src/machine/version.ts';
import { clip } from '../src/mysql/audit/audit-log.ts';
import { readHeader, readSeparatorLine } from '../src/mysql/import/account-header.ts';
import { readAccountLine } from '../src/mysql/import/account-line.ts';
import { readCell, unusualContent } from '../src/mysql/import/cell-text.ts';
import { splitLine } from '../src/mysql/import/csv-line.ts';
import { readPhoneCell } from '../src/mysql/import/phone-cell.ts';
import { isSigned } from '../src/notifications/signature.ts';
import { answerChallenge } from '../src/sip-caller/digest.ts';
import { parseAnswer } from '../src/sip-caller/sdp.ts';
import { parseSipMessage, tagOf, uriOf } from '../src/sip-caller/sip-message.ts';
import { parseEndpoint } from '../src/sip-caller/sip-socket.ts';
import { masterKeyOf } from '../src/sip-caller/srtp.ts';
import { SipStream } from '../src/sip-caller/tcp-socket.ts';
import type { Step } from '../src/doctor/pbx-facts.ts';
import { shippedPbx, trunk } from './doctor/shipped-pbx.ts';
import { growthOf, isTooFast } from './support/growth.ts';
import { pieces, repeated } from './support/repeated-pieces.ts';
import { textOfOurOwn } from './support/text-of-our-own.ts';

type Reader = (text: string) => unknown;

const header = readHeader('bhxh_code,phone,password_hash', null);
if ('reason' in header) throw new Error(header.reason);
const rules = { codeLengths: [10, 12], landlinesBefore2017: 'by-form' } as const;
const authorities = { file: 'ARI_CA_FILE', otherwise: 'that Node trusts' };
const signed = { id: 'x', timestamp: '1', body: 'x' };
const json = (text: string) => JSON.stringify(text);
const identity = (claims: string) => `e30.${Buffer.from(claims).toString('base64url')}.c2ln;ppt=shaken`;
const inPieces = (text: string, size: number) =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    Buffer.from(text.slice(at * size, (at + 1) * size)),
  );

const starts = (text: string) => Array.from({ length: Math.ceil(text.length / 32) }, (_, at) => 32 * at);
/** As `GetConfig` returns a file of many sections. */
const config = (text: string) =>
  Object.fromEntries(
    starts(text).flatMap((at) => [
      [`category-${at}`, `${text.slice(at, at + 8)}${at}`],
      [`line-${at}-0`, `${at}=${text.slice(at, at + 8)}`],
    ]),
  );
/** A dialplan of many contexts, each of which goes to the next. */
const dialplan = (text: string) =>
  starts(text).map((at) => ({ ...step(`Goto(c${at + 32},s,1)`), context: `c${at}` }));
const step = (does: string) => ({ context: 'c0', extension: 's', does, isInclude: false });

const wayOf = (steps: Step[]) =>
  checkWayToIdentity({ ...trunk, context: 'c0' }, { ...shippedPbx, dialplan: [...steps, last] });
const last = { context: 'hotline-identity', extension: 's', does: 'NoOp()', isInclude: false };

/** Readers of text that somebody outside writes, by file. */
const readers: Record<string, Reader[]> = {
  'accounts/block-reason.ts': [blockReasonFault],
  'accounts/bhxh-code.ts': [(text) => isBhxhCode(text, [text.length])],
  'accounts/chosen-password.ts': [
    (text) => findPasswordFault(text, []),
    (text) => findPasswordFault('of 12 letters', [text]),
  ],
  'accounts/landline-before-2017.ts': [readOldLandline, (text) => readOldLandline(`2${text}`)],
  'accounts/phone-number.ts': [normalisePhone, normaliseDialled, maskPhone],
  'asterisk/ami/ami.ts': [withoutLineBreaks],
  'asterisk/ari/ari-events.ts': [
    readMessage,
    (text) => readMessage(`{"type":${json(text)}}`),
    (text) =>
      readEvent({
        type: 'StasisEnd',
        timestamp: text,
        channel: { id: text, name: text, state: text, caller: { number: text } },
      }),
  ],
  'asterisk/ari/line-state.ts': [readAnswer],
  'asterisk/ari/sip-identity.ts': [usersOf],
  'asterisk/ari/stir-shaken.ts': [
    readPassport,
    (text) => readPassport(identity(text)),
    (text) => readPassport(identity(`{"orig":{"tn":${json(text)}}}`)),
  ],
  'asterisk/hep/sip-text.ts': [
    readSipParts,
    (text) =>
      readSipParts(`INVITE x SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nX: ${text}\r\n\r\nm=audio ${text}`),
  ],
  'console/next-place.ts': [
    readPlace,
    (text) => readPlace(`/calls?${text}`),
    (text) => signInFor(text, true),
  ],
  'doctor/dialplan.ts': [
    (text) => dangerousSteps({ dialplan: dialplan(text) }, 'c0'),
    (text) => dangerousSteps({ dialplan: [step(text), step(`Goto(${text}`)] }, 'c0'),
    (text) => leadsToBranch8({ dialplan: [step(text), step(`Stasis(${text}`)] }, 'c0'),
  ],
  'doctor/detail-records.ts': [
    (text) => checkDetailRecords({ ...shippedPbx, writesDetailRecords: true, dialplan: dialplan(text) }),
    (text) =>
      checkDetailRecords({ ...shippedPbx, writesDetailRecords: true, dialplan: [step(`Stasis(${text}`)] }),
  ],
  'doctor/way-to-identity.ts': [
    (text) => wayOf(dialplan(text)),
    (text) => wayOf([step(`ExecIf(${text}`), step(`GotoIf(${text}`), step('Goto(hotline-identity,s,1)')]),
  ],
  'doctor/pbx-facts.ts': [
    (text) => configFileOf(config(text)),
    (text) => configFileOf({ 'category-1': text, 'line-1-0': text, 'line-1-1': `a=${text}` }),
    (text) =>
      endpointOf([
        { event: 'EndpointDetail', setvar: text },
        { event: 'IdentifyDetail', match: text },
      ]),
  ],
  'logger.ts': [redactText],
  'machine/env-file.ts': [
    (text) => readEnvFile(text, 'file'),
    (text) => readEnvFile(`NAME=${text}`, 'file'),
    (text) => envLine('NAME', text),
  ],
  'machine/loopback.ts': [isLoopback],
  'machine/network-of.ts': [networkOf, (text) => networkOf(`::ffff:${text}`)],
  'machine/sockets.ts': [(text) => parseListening('tcp', text)],
  'machine/tls-failure.ts': [
    (text) => describeTlsFailure({ code: 'EPROTO', message: text }, authorities),
    (text) =>
      describeTlsFailure(
        {
          code: 'ERR_TLS_CERT_ALTNAME_INVALID',
          message: `Hostname/IP does not match certificate's altnames: Host: ${text}. is not in the cert's altnames: DNS:${text}`,
        },
        authorities,
      ),
    (text) =>
      describeTlsFailure(
        {
          code: 'ERR_TLS_CERT_ALTNAME_INVALID',
          message: `Hostname/IP does not match certificate's altnames: IP: ${text} is not in the cert's list: `,
          cert: { subjectaltname: text },
        },
        authorities,
      ),
  ],
  'installation.ts': [(text) => placeDocuments(text), (text) => placeDocuments(`docs/${text}`)],
  'machine/version.ts': [(text) => isAtLeast(text, '1.2')],
  'mysql/audit/audit-log.ts': [clip],
  'mysql/import/account-header.ts': [(text) => readHeader(text, null), readSeparatorLine],
  'mysql/import/account-line.ts': [(text) => readAccountLine([text, text, text], header, rules)],
  'mysql/import/cell-text.ts': [readCell, unusualContent, (text) => readCell(`="${text}"`)],
  'mysql/import/csv-line.ts': [
    (text) => splitLine(text, ','),
    (text) => splitLine(`"${text}`, ','),
    (text) => splitLine(`"a",${text}"`, ','),
  ],
  'mysql/import/phone-cell.ts': [(text) => readPhoneCell(text, 'by-form')],
  'notifications/signature.ts': [
    (text) => isSigned(Buffer.alloc(32), signed, text, 0),
    (text) => isSigned(Buffer.alloc(32), { id: text, timestamp: text, body: text }, `v1,${text}`, 0),
  ],
  'sip-caller/digest.ts': [
    (text) =>
      answerChallenge(
        `Digest ${text}`,
        { username: 'a', password: 'b' },
        { method: 'x', uri: 'y', cnonce: 'z' },
      ),
  ],
  'sip-caller/sdp.ts': [
    (text) => parseAnswer(text),
    (text) => parseAnswer(`v=0\r\nm=audio 1 RTP/AVP 8 ${text}`),
  ],
  'sip-caller/sip-message.ts': [
    parseSipMessage,
    (text) => parseSipMessage(`OPTIONS x SIP/2.0\r\nCSeq: 1 OPTIONS\r\nX: ${text}\r\n\r\n${text}`),
    tagOf,
    uriOf,
  ],
  'sip-caller/sip-socket.ts': [parseEndpoint],
  'sip-caller/srtp.ts': [masterKeyOf],
  'sip-caller/tcp-socket.ts': [
    (text) => {
      const stream = new SipStream();
      for (const bytes of inPieces(`OPTIONS x SIP/2.0\r\nCSeq: 1 OPTIONS\r\nX: ${text}`, 1400))
        stream.take(bytes);
    },
  ],
};

/** What a file uses to take text apart. */
const takesTextApart =
  /JSON\.parse\(|URL\.parse\(|\.(exec|match|matchAll|split|indexOf)\(|\.(test|replace)\(/;

test('every file of src/ that takes text apart is listed here', () => {
  const root = join(import.meta.dirname, '../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && takesTextApart.test(readFileSync(join(root, name), 'utf8')))
    .filter((name) => !/^(local|recordings)\//.test(name));
  expect(files.sort()).toEqual([...Object.keys(readers), ...Object.keys(textOfOurOwn)].sort());
});

test('a reader that is quadratic is found, and one that is linear is not', () => {
  const quadratic: Reader = (text) => {
    for (let from = 0; from < text.length; from += 32)
      for (let at = from; at < text.length; at++) if (text[at] === 'b') return;
  };
  const linear: Reader = (text) => JSON.stringify([...text].reverse());
  const input = repeated('a', '', '');
  expect([quadratic, linear].map((read) => isTooFast(growthOf(read, input)))).toEqual([true, false]);
});

test.each(Object.entries(readers))('%s reads any text in linear time', (_file, all) => {
  const slow = all.flatMap((read, index) =>
    pieces.flatMap((piece) =>
      [
        ['', ''],
        ['<', '>'],
        ['"', 'x'],
      ].flatMap(([before = '', behind = '']) => {
        const growth = growthOf(read, repeated(piece, before, behind));
        return isTooFast(growth) ? [{ reader: index, piece, before, behind, growth }] : [];
      }),
    ),
  );
  expect(slow).toEqual([]);
});
