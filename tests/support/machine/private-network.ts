/**
 * A command in a network namespace of its own, with nothing but loopback: it may use the shipped
 * ports whatever else runs on the machine, and reaches nobody. Replaces itself by the command, so
 * that signals and exit codes are the command's. Needs root.
 */
export function inPrivateNetwork(command: readonly string[]): string[] {
  return ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command];
}
