import { auditPruneCommand } from './audit-prune.ts';
import { auditSealCommand } from './audit-seal.ts';
import { auditShowCommand } from './audit-show.ts';
import { auditVerifyCommand } from './audit-verify.ts';
import { HotlineCommand } from './hotline-command.ts';

export function auditCommand(): HotlineCommand {
  const command = new HotlineCommand('audit');
  command
    .summary('how calls ended, and what users did')
    .description('how every call ended, and what users did: sealed, checked, shown, removed')
    .addCommand(auditSealCommand())
    .addCommand(auditVerifyCommand())
    .addCommand(auditPruneCommand())
    .addCommand(auditShowCommand());
  return command;
}
