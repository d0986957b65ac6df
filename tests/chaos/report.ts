/** What a campaign found, as Markdown. */
import type { CallResult } from './call-stage.ts';
import { describeViolations, type TrialResult } from './protocol-campaign.ts';

/** @param calls results of the layer with real calls */
export function report(results: readonly TrialResult[], calls: readonly CallResult[], asked: { seed: string; count: number; calls: number }): string {
  const { seed, count } = asked;
  const failed = results.filter(({ violations }) => violations.length > 0);
  const kinds = [...new Set(results.map(({ trial }) => trial.fault.kind))].sort();
  const rows = kinds.map((kind) => {
    const of = results.filter(({ trial }) => trial.fault.kind === kind);
    return `| ${kind} | ${of.length} | ${of.filter(({ struck }) => struck).length} | ${of.filter(({ violations }) => violations.length > 0).length} |`;
  });
  const changed = results.flatMap(({ calls }) => calls).filter(({ heard }) => heard.includes('hotline/changed')).length;
  const protocolCalls = results.reduce((sum, result) => sum + result.calls.length, 0);
  const unseen = results.flatMap((result) => result.calls).filter(({ couldBeRecorded }) => !couldBeRecorded).length;
  return `# Fault campaign

Made by \`make chaos SEED=${seed} COUNT=${count} CALLS=${asked.calls}\`. ${results.length} trials with ${protocolCalls} calls; ${changed} callers were told "changed". **${failed.length} trials broke an invariant.**

Each trial is one call (some with a second one for the same account) through the shipped code, from the channel to the socket of a real MariaDB, over a channel without a PBX on which sounds take milliseconds. What strikes, where and when is drawn from the trial's seed (\`tests/chaos/trial.ts\`); what must hold afterwards is in \`tests/chaos/checker.ts\`, with its own tests.

| fault | trials | struck during the call | with a violation |
|---|---|---|---|
${rows.join('\n')}

A fault whose moment did not come before the call was over strikes the processes afterwards, or, on the network, not at all.
${unseen} calls came while the application was about to die, before the database had taken their opening, and left before its successor was there: nobody can have a row of them, and they are not counted as violations.

${failed.map(({ trial, violations }) => `- \`make chaos TRIAL=${trial.seed}\`: ${describeViolations(violations)}`).join('\n')}
${calls.length > 0 ? callSection(calls) : ''}`;
}

function callSection(results: readonly CallResult[]): string {
  const failed = results.filter(({ violations }) => violations.length > 0);
  const kinds = [...new Set(results.map(({ trial }) => trial.fault.kind))].sort();
  const rows = kinds.map((kind) => {
    const of = results.filter(({ trial }) => trial.fault.kind === kind);
    return `| ${kind} | ${of.length} | ${of.reduce((sum, { heard }) => sum + heard.length, 0)} | ${of.filter(({ violations }) => violations.length > 0).length} |`;
  });
  return `
## With real calls

${results.length} further trials against the shipped \`hotline run\`: real SIP and RTP, Asterisk, MariaDB and the application as processes of their own, a proxy before the database and one before ARI. What the caller heard is recognised from the audio. In each trial several callers are at different steps when the fault strikes; each call is checked. **${failed.length} trials broke an invariant.** After each the service had to be healthy again by itself within 30 s.

| fault | trials | calls | with a violation |
|---|---|---|---|
${rows.join('\n')}
`;
}
