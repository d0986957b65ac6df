/**
 * A command in a mount namespace of its own: it sees what `setUp`, a line of shell run before it,
 * mounts, and nobody else does. Replaces itself by the command, as private-network.ts does. Needs root.
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
