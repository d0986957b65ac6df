import { placeDocuments } from '../src/installation.ts';

test('a document is named where its reader finds it: in a checkout, or where the package puts it', () => {
  const text = 'docs/trunks.md, "Keys and media"; see docs/admin.md';
  expect(placeDocuments(text, false)).toBe(text);
  expect(placeDocuments(text, true)).toBe(
    '/usr/share/doc/hotline/trunks.md, "Keys and media"; see /usr/share/doc/hotline/admin.md',
  );
});
