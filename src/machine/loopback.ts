/**
 * Whether an address reaches this machine only: `localhost`, 127.0.0.0/8 or ::1, with or without a
 * port. Other names are not looked up, and count as another machine.
 *
 * @param address `localhost`, `127.0.0.1:8088`, `::1`, `[::1]`, `[::1]:8088`
 */
export function isLoopback(address: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)(:\d+)?$/.test(address.trim());
}
