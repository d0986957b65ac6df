/** Is the audit log unchanged since it was written? */
import { countOf } from '../count-of.ts';
import { verifyAuditLog } from '../mysql/audit/verify.ts';
import { expectThat, type Finding } from './finding.ts';

/** More rows would take longer than seconds; they are left to `hotline audit verify`. */
const maxRows = 200_000;

/** @throws AuditCommandFailed if the log cannot be read */
export async function checkAuditLog({
  databaseUrl,
  auditKey,
  auditKeysBefore,
  rows,
}: {
  databaseUrl: string;
  auditKey: string;
  auditKeysBefore: readonly string[];
  rows: number;
}): Promise<Finding[]> {
  const title = 'audit log';
  if (rows > maxRows)
    return [
      {
        title,
        verdict: 'ok',
        detail: `about ${rows} rows, not verified here; run: hotline audit verify`,
      },
    ];
  const report = await verifyAuditLog({ databaseUrl, key: auditKey, earlierKeys: auditKeysBefore });
  const detail =
    report.finding ?? `intact: ${countOf(report.rows, 'row')} sealed, ${report.unsealed} not yet`;
  return [
    expectThat(title, report.finding === null, detail, 'docs/operating.md, "When verify exits with 5"'),
  ];
}
