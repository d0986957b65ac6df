import { checkKeysArrive, checkKeysOnce } from '../../src/doctor/key-checks.ts';
import { checkTrunks } from '../../src/doctor/trunk-checks.ts';
import { findWrong, shippedPbx, softphone, trunk, trunkOut } from './shipped-pbx.ts';

const { modules } = shippedPbx;
const withInfo = [...modules, 'res_pjsip_dtmf_info.so'];

test.each([trunk, softphone, trunkOut])(
  'keys of $name that are heard by RFC 4733 alone: a warning',
  (endpoint) => {
    const keys = checkTrunks({ ...shippedPbx, endpoints: [{ ...endpoint, keys: 'rfc4733' }] }).filter(
      ({ title }) => title === `keys of ${endpoint.name}`,
    );
    expect(keys).toMatchObject([{ verdict: 'warning', change: expect.stringContaining('dtmf_mode = auto') }]);
  },
);

test('an endpoint set to SIP INFO gets no key without the module for it', () => {
  const endpoints = [{ ...trunk, keys: 'info' }];
  expect(findWrong(checkTrunks({ ...shippedPbx, endpoints, modules: withInfo }))).toEqual([]);
  expect(checkTrunks({ ...shippedPbx, endpoints })).toContainEqual(
    expect.objectContaining({ title: 'keys of trunk', verdict: 'danger' }),
  );
});

test('with the module for SIP INFO, each way in that also takes keys as events or tones is named', () => {
  const endpoints = [{ ...trunk, keys: 'info' }, softphone, trunkOut];
  expect(checkKeysOnce({ ...shippedPbx, endpoints, modules: withInfo })).toMatchObject({
    verdict: 'warning',
    detail: 'SIP INFO besides RFC 4733 or tones, at 6001',
  });
  const onlyInfo = { ...shippedPbx, endpoints: [{ ...trunk, keys: 'info' }, trunkOut], modules: withInfo };
  expect(checkKeysOnce(onlyInfo)).toMatchObject({ verdict: 'ok' });
  expect(checkKeysOnce(shippedPbx)).toMatchObject({ verdict: 'ok' });
});

test('an endpoint from which no key has come since a call without any is named', () => {
  const seen = '2026-11-22 10:34:21 203.0.113.9:5060';
  expect(checkKeysArrive(shippedPbx)).toEqual([]);
  expect(
    checkKeysArrive({
      ...shippedPbx,
      withoutKeys: new Map([
        ['trunk', seen],
        ['gone', seen],
      ]),
    }),
  ).toMatchObject([{ title: 'keys from trunk', verdict: 'warning', detail: expect.stringContaining(seen) }]);
});
