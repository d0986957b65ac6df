/** Is the audit log as it was written? */
import { verifyAuditLog } from '../mysql/audit/verify.ts';
import { expectThat, type Finding } from './finding.ts';

/** Up to here verifying takes seconds; a longer log is left to `npx hotline audit verify`. */
const maxRows = 200_000;

/** @throws AuditCommandFailed if it could not look */
export async function checkAuditLog({
  databaseUrl,
  auditKey,
  rows,
}: {
  databaseUrl: string;
  auditKey: string;
  rows: number;
}): Promise<Finding[]> {
  const title = 'audit log';
  if (rows > maxRows)
    return [
      {
        title,
        verdict: 'ok',
        detail: `about ${rows} rows, not verified here; run: npx hotline audit verify`,
      },
    ];
  const report = await verifyAuditLog({ databaseUrl, key: auditKey });
  const detail = report.finding ?? `intact: ${report.rows} rows sealed, ${report.unsealed} not yet`;
  return [
    expectThat(title, report.finding === null, detail, 'docs/operating.md, "When verify exits with 5"'),
  ];
}
