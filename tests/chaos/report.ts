/** What a campaign found, as Markdown. */
import { describeViolations, type TrialResult } from './protocol-campaign.ts';

export function report(results: readonly TrialResult[], { seed, count }: { seed: string; count: number }): string {
  const failed = results.filter(({ violations }) => violations.length > 0);
  const kinds = [...new Set(results.map(({ trial }) => trial.fault.kind))].sort();
  const rows = kinds.map((kind) => {
    const of = results.filter(({ trial }) => trial.fault.kind === kind);
    return `| ${kind} | ${of.length} | ${of.filter(({ struck }) => struck).length} | ${of.filter(({ violations }) => violations.length > 0).length} |`;
  });
  const changed = results.flatMap(({ calls }) => calls).filter(({ heard }) => heard.includes('hotline/changed')).length;
  const calls = results.reduce((sum, result) => sum + result.calls.length, 0);
  const unseen = results.flatMap((result) => result.calls).filter(({ couldBeRecorded }) => !couldBeRecorded).length;
  return `# Fault campaign

Made by \`make chaos SEED=${seed} COUNT=${count}\`. ${results.length} trials with ${calls} calls; ${changed} callers were told "changed". **${failed.length} trials broke an invariant.**

Each trial is one call (some with a second one for the same account) through the shipped code, from the channel to the socket of a real MariaDB, over a channel without a PBX on which sounds take milliseconds. What strikes, where and when is drawn from the trial's seed (\`tests/chaos/trial.ts\`); what must hold afterwards is in \`tests/chaos/checker.ts\`, with its own tests.

| fault | trials | struck during the call | with a violation |
|---|---|---|---|
${rows.join('\n')}

A fault whose moment did not come before the call was over strikes the processes afterwards, or, on the network, not at all.
${unseen} calls came while the application was about to die, before the database had taken their opening, and left before its successor was there: nobody can have a row of them, and they are not counted as violations.

${failed.map(({ trial, violations }) => `- \`make chaos TRIAL=${trial.seed}\`: ${describeViolations(violations)}`).join('\n')}
`;
}
