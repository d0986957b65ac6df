import { blockReasonFault } from '../../src/accounts/block-reason.ts';

test.each([
  'SIM',
  'mất SIM, công dân báo tại quầy 3',
  'stolen SIM, told on 2026-11-25 at 14:53',
  'báo ngày 25/11/2026 14:53, hồ sơ 12345678',
  'x'.repeat(200),
])('%p is a reason', (text) => {
  expect(blockReasonFault(text)).toBeNull();
});

test.each([
  ['', /3 to 200 characters/],
  ['ab', /3 to 200 characters/],
  ['x'.repeat(201), /3 to 200 characters/],
  ['one\ntwo', /one line/],
  ['one\u2028two', /one line/],
  ['escape \u001b[31m', /one line/],
  ['code 0012345678', /no code and no phone number/],
  ['phone 0912 345 678', /no code and no phone number/],
  ['phone (+84) 912.345.678', /no code and no phone number/],
  ['phone 0912-345-678', /no code and no phone number/],
  ['code ００１２３４５６７８', /no code and no phone number/],
  ['123456789', /no code and no phone number/],
])('%p is refused, and the fault is named', (text, fault) => {
  expect(blockReasonFault(text)).toMatch(fault);
});
