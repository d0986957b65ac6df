/**
 * Wraps a command to get a signal when this process ends, however it ends: by default the one that has a hotline
 * finish its calls. The wrapper execs the command. Not in front of sudo, where Linux forgets it (PR_SET_PDEATHSIG).
 */
export function endWithUs(command: readonly string[], signal: 'TERM' | 'KILL' = 'TERM'): string[] {
  return ['setpriv', '--pdeathsig', signal, ...command];
}
