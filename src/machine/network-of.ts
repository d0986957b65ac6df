import { isIPv6 } from 'node:net';

/**
 * The part of an address that one customer has: of IPv6 the first 64 bits, of which every customer has at least
 * one network; of IPv4, also written as IPv6, all of it.
 *
 * @example
 * networkOf('2001:db8:0:7::1'); // '2001:db8:0:7'
 * networkOf('::ffff:192.0.2.7'); // '192.0.2.7'
 */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  // As a URL has it: small letters, no leading zeros, the longest row of zeros as ::
  const [before = '', after] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [first, last] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
