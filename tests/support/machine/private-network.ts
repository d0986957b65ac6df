/**
 * Wraps a command to run in its own network namespace with only loopback, where it can use the shipped
 * ports whatever else runs on the machine, and reaches nothing outside. The wrapper execs the command,
 * so that signals and exit codes are the command's. Needs root.
 */
export function inPrivateNetwork(command: readonly string[]): string[] {
  return ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command];
}
