import { AriRequestFailed } from '../../../src/asterisk/ari/ari-errors.ts';
import { readClaims, readSignature } from '../../../src/asterisk/ari/invite-headers.ts';

/** What Asterisk answers for a value that is not UTF-8, whatever stands around it. */
const notUtf8 = '\ufffd';

/**
 * Reads what Asterisk holds, as ARI would, and counts the requests.
 *
 * @param held by function: `PJSIP_HEADER(read,From)`
 * @param maxAnswer where an answer to EVAL is cut
 */
function asterisk(held: Readonly<Record<string, string>>, maxAnswer = Infinity) {
  const asked: string[] = [];
  const read = (variable: string): Promise<string> => {
    asked.push(variable);
    const value = held[variable] ?? evaluate(held, variable)?.slice(0, maxAnswer);
    const refuse = (why: string) => Promise.reject(new AriRequestFailed('GET variable', 500, `500 ${why}`));
    if (value === undefined) return refuse('Unable to read provided function');
    return value.includes(notUtf8) ? refuse('Allocation failed') : Promise.resolve(value);
  };
  return { read, asked };
}

/** EVAL fills in each function of its argument once. */
function evaluate(held: Readonly<Record<string, string>>, variable: string): string | undefined {
  const [, template] = /^EVAL\((.*)\)$/.exec(variable) ?? [];
  return template?.replace(/\$\{([^}]*)\}/g, (_text, name: string) => held[name] ?? '');
}

/** @param asserted P-Asserted-Identity headers, in order */
function invite(asserted: readonly string[], others: Readonly<Record<string, string>> = {}) {
  const all = { From: '<sip:0912345678@carrier>', Via: 'SIP/2.0/UDP carrier', ...others };
  return Object.fromEntries([
    ...Object.entries(all).map(([name, value]) => [`PJSIP_HEADER(read,${name})`, value]),
    ...asserted.map((value, at) => [`PJSIP_HEADER(read,P-Asserted-Identity,${at + 1})`, value]),
  ]) as Record<string, string>;
}

const pai = '<sip:0912345678@carrier>';
const claims = { asserted: ['0912345678'], from: '0912345678', isAnsweredElsewhere: false };

test.each([0, 1, 2, 3, 19, 40])(
  'all %i assertions are read: the first ones, and those that re-INVITEs repeated',
  async (count) => {
    const { asserted } = await readClaims(asterisk(invite(Array<string>(count).fill(pai))).read);
    expect(asserted).toEqual(Array(count).fill('0912345678'));
  },
);

test.each([
  ['more headers than are read', Array<string>(41).fill(pai)],
  ['more than are read, two to a header', Array<string>(21).fill(`${pai}, <tel:0912345678>`)],
  ['three in one header', [`${pai}, ${pai}, <tel:0912345678>`]],
])('%s hold one that cannot be read', async (_title, headers) => {
  const { asserted } = await readClaims(asterisk(invite(headers)).read);
  expect(asserted[0]).toBe('0912345678');
  expect(asserted).toContain('');
});

test('one request reads all headers of a call, and one more what a carrier has signed', async () => {
  const held = { ...invite([pai], { Identity: 'x' }), 'CALLERID(dnid)': '19009068' };
  const { read, asked } = asterisk(held);
  expect(await readClaims(read)).toEqual(claims);
  expect(asked).toHaveLength(1);
  expect(await readSignature(read)).toEqual({ dialled: '19009068', passport: null });
  expect(asked).toHaveLength(2);
});

test('an absent header leaves those beside it in their places', async () => {
  const held = invite([pai]);
  delete held['PJSIP_HEADER(read,From)'];
  expect(await readClaims(asterisk(held).read)).toEqual({ ...claims, from: '' });
});

test('no header can hold what stands between the headers: each call has its own', async () => {
  const first = asterisk(invite([pai]));
  await readClaims(first.read);
  const [, mark = ''] = /\}([0-9a-f]{32})\$\{/.exec(first.asked[0]!) ?? [];
  const forged = invite([pai], { From: `<sip:0911111111@x>${mark}` });
  const second = asterisk(forged);
  expect((await readClaims(second.read)).asserted).toEqual(['0912345678']);
  expect(second.asked[0]).not.toContain(mark);
});

test.each([
  ['a header that is not UTF-8', invite([notUtf8]), Infinity, ['']],
  ['an answer that was cut', invite([pai]), 150, ['0912345678']],
])('behind %s each header is read alone', async (_title, held, maxAnswer, asserted) => {
  const { read, asked } = asterisk(held, maxAnswer);
  expect(await readClaims(read)).toEqual({ ...claims, asserted });
  expect(asked.slice(1)).toContain('PJSIP_HEADER(read,From)');
});

test('a request that fails otherwise is not taken for an absent header', async () => {
  const failure = new AriRequestFailed('GET variable', 0, 'no response within 2000 ms');
  await expect(readClaims(() => Promise.reject(failure))).rejects.toBe(failure);
});
