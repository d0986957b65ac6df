import { nameOperation } from '../../../src/asterisk/ari/ari-operation.ts';

test.each([
  ['get', '/ari/channels/1763800000.17', 'GET /channels/:id'],
  ['POST', '/ari/channels/1763.1/play/5f1d?media=sound%3Adigits%2F7', 'POST /channels/:id/play/:id'],
  ['GET', '/ari/channels/1763.1/variable?variable=CALLERID', 'GET /channels/:id/variable'],
  ['PUT', '/ari/applications/hotline/eventFilter', 'PUT /applications/:id/eventFilter'],
  ['GET', '/ari/api-docs/channels.json', 'GET /api-docs/:id'],
  ['POST', '/ari/channels/0912345678/0123456789/x/y/z/a/b/c', 'POST /channels/:id/:id/:id/:id'],
])('%s %s is %s', (method, path, name) => {
  expect(nameOperation(method, path)).toBe(name);
});
