/** `hotline audit seal [--json]` */
import { readSettings } from '../config.ts';
import { countOf } from '../count-of.ts';
import { auditKeySettings, auditKeysOf } from '../serve-settings.ts';
import { HotlineCommand } from './hotline-command.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';

const settings = ['DATABASE_URL', ...auditKeySettings] as const;

export function auditSealCommand(): HotlineCommand {
  const command = new HotlineCommand('seal', settings);
  command
    .description('seal the rows that are not sealed yet (hotline serve does so every few seconds)')
    .option(...jsonOption)
    .example('hotline audit seal', 'while no application runs')
    .action(seal);
  return command;
}

/** @throws RegistryUnavailable, SealingFailed */
async function seal({ json = false }: { json?: boolean }): Promise<void> {
  const config = readSettings(settings);
  const { AuditSealer } = await import('../mysql/audit/audit-sealer.ts');
  const sealer = new AuditSealer({ url: config.DATABASE_URL, ...auditKeysOf(config) });
  try {
    const batches = await withProgress('sealing', (show) =>
      sealer.sealAll(({ batch }) => show(`sealed up to batch ${batch}`)),
    );
    if (json)
      return printReport({
        batches: batches.map(({ batch, rows, seal, forged }) => ({ batch, rows, seal, forged })),
      });
    for (const { batch, rows, seal } of batches)
      print(`batch ${batch}: ${countOf(rows, 'row')}, seal ${batch}:${seal}`);
    if (batches.length === 0) print('nothing to seal');
  } finally {
    await sealer.end();
  }
}
