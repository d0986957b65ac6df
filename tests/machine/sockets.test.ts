import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { listeningSockets, parseListening } from '../../src/machine/sockets.ts';

test('a port that is listened on is found, and whether only this machine reaches it', async () => {
  const servers = ['127.0.0.1', '0.0.0.0'].map((host) => createServer().listen(0, host));
  const phone = createSocket('udp4').bind(0, '127.0.0.1');
  await Promise.all([...servers, phone].map((each) => once(each, 'listening')));
  const portOf = (index: number) => (servers[index]!.address() as AddressInfo).port;
  const found = (protocol: 'tcp' | 'udp', port: number) =>
    listeningSockets(protocol).find((socket) => socket.port === port);
  try {
    expect(found('tcp', portOf(0))).toEqual({
      port: portOf(0),
      isLoopback: true,
      inode: expect.stringMatching(/^\d+$/),
    });
    expect(found('tcp', portOf(1))?.isLoopback).toBe(false);
    expect(found('udp', phone.address().port)?.isLoopback).toBe(true);
  } finally {
    for (const each of [...servers, phone]) each.close();
  }
});

test('a connection under way is not a listening socket', () => {
  const line = (state: string) =>
    `  sl  local_address rem_address\n   0: 0100007F:1F98 0100007F:C99E ${state} 00000000:00000000 00:00000000 00000000     0        0 624 1`;
  expect(parseListening('tcp', line('01'))).toEqual([]);
  expect(parseListening('tcp', line('0A'))).toEqual([{ port: 8088, isLoopback: true, inode: '624' }]);
});
