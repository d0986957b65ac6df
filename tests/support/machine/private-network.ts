import { execFileSync } from 'node:child_process';

/**
 * Wraps a command to run in its own network namespace with only loopback, where it can use the shipped
 * ports whatever else runs on the machine, and reaches nothing outside. The wrapper execs the command,
 * so that signals and exit codes are the command's. Needs root.
 */
export function inPrivateNetwork(command: readonly string[]): string[] {
  return ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command];
}

/**
 * Adds to our private network the interface of a home network, which leads nowhere: phones that others
 * made find no network on a machine that has loopback only.
 */
export function addHomeNetwork(): void {
  const steps = [
    'link add home0 type veth peer name home1',
    'address add 192.168.7.5/24 dev home0',
    'link set home0 up',
    'link set home1 up',
    'route add default via 192.168.7.1',
  ];
  for (const step of steps) execFileSync('ip', step.split(' '));
}
