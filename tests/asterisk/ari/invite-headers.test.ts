import { readClaims } from '../../../src/asterisk/ari/invite-headers.ts';
import { AriRequestFailed } from '../../../src/asterisk/ari/ari-errors.ts';

/** Whom a call asserts that has these headers, in order. */
async function assertedBy(headers: readonly string[]): Promise<readonly string[]> {
  const { asserted } = await readClaims(async (variable) => {
    const [, number] = /^PJSIP_HEADER\(read,P-Asserted-Identity,(\d+)\)$/.exec(variable) ?? [];
    const value = number === undefined ? 'x' : headers[Number(number) - 1];
    if (value === undefined)
      throw new AriRequestFailed('GET variable', 500, '500 Unable to read provided function');
    return value;
  });
  return asserted;
}

const pai = '<sip:0912345678@carrier>';

test.each([0, 1, 2, 3, 19, 40])(
  'all %i assertions are read: the first ones, and those that re-INVITEs repeated',
  async (count) => {
    expect(await assertedBy(Array<string>(count).fill(pai))).toEqual(Array(count).fill('0912345678'));
  },
);

test.each([
  ['more headers than are read', Array<string>(41).fill(pai)],
  ['more than are read, two to a header', Array<string>(21).fill(`${pai}, <tel:0912345678>`)],
  ['three in one header', [`${pai}, ${pai}, <tel:0912345678>`]],
])('%s hold one that cannot be read', async (_title, headers) => {
  const asserted = await assertedBy(headers);
  expect(asserted[0]).toBe('0912345678');
  expect(asserted).toContain('');
});
