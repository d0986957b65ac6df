/**
 * Wraps a command to run in its own mount namespace. The shell line `setUp` runs first; only the
 * command sees what it mounts. The wrapper execs the command, as in private-network.ts. Needs root.
 */
export function inPrivateMounts(setUp: string, command: readonly string[]): string[] {
  return [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-ec',
    `${setUp} && exec "$@"`,
    'sh',
    ...command,
  ];
}
