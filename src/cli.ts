#!/usr/bin/env node
/**
 * `npx hotline <command>`. Exit codes: 0 done; 1 the command failed, with one sentence why;
 * 2 wrong usage or configuration; 3 another process has taken the application's place on the PBX;
 * 4 an import left lines out; 5 `audit verify` or `doctor` found something wrong.
 * `hotline run` has codes of its own (docs/operating.md).
 */
import { Command } from 'commander';
import { join } from 'node:path';
import { ConfigError, loadRunState, readConfig, readSettings, requirePrivateRunState } from './config.ts';
import { settings as everySetting } from './settings.ts';

const soundsDirectory = join(import.meta.dirname, '../sounds/vi');

const program = new Command('hotline')
  .description('Reset a forgotten VssID password by phone')
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('run')
  .description('start PBX, database and application of this checkout (what `make run` does)')
  .option('--state <directory>', 'where secrets, database files and logs are kept (default: .hotline)')
  .option('--root <directory>', 'the private Debian root (default: .hotline/root)')
  .action(async (options: { state?: string; root?: string }) => {
    const { run } = await import('./local/run.ts');
    await run(options);
  });

program
  .command('serve')
  .description('the application alone: takes calls from an Asterisk over ARI')
  .action(async () => {
    const [{ serve }, { createLogger }] = await Promise.all([import('./serve.ts'), import('./logger.ts')]);
    const config = readConfig();
    const logger = createLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT });
    // A mistake of ours still goes through the log that redacts; then the process ends, to be started anew.
    process.on('uncaughtException', (error) => {
      logger.error('a mistake of ours ended the application', { error });
      process.exit(1);
    });
    const [stop, hurry] = [new AbortController(), new AbortController()];
    // The first asks for a drain, a second one (of either) for an end at once.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => (stop.signal.aborted ? hurry : stop).abort());
    process.exit(
      (await serve(config, logger, { asked: stop.signal, insisted: hurry.signal })) === 'stopped' ? 0 : 3,
    );
  });

program
  .command('drain')
  .description('let the running application finish its calls, take no more and end; says what is left')
  .option('--within <seconds>', 'how long calls may go on, 0 to 900 (default: DRAIN_SECONDS)', Number)
  .action(async (options: { within?: number }) => {
    const { drainCommand } = await import('./commands/drain.ts');
    const settings = readSettings(['HTTP_HOST', 'HTTP_PORT', 'HASH_KEY']);
    await drainCommand({
      host: settings.HTTP_HOST,
      port: settings.HTTP_PORT,
      hashKey: settings.HASH_KEY,
      ...options,
    });
  });

program
  .command('outbox')
  .description('what owners of accounts are still to be told, and what could not be delivered')
  .option('--retry', 'have the dead notifications sent again')
  .action(async (options: { retry?: boolean }) => {
    const { outboxCommand } = await import('./commands/outbox.ts');
    await outboxCommand({ databaseUrl: readSettings(['DATABASE_URL']).DATABASE_URL, ...options });
  });

program
  .command('sms-receiver')
  .description('an SMS gateway for development: checks messages and prints them, masked, on this machine')
  .action(async () => {
    const { smsReceiverCommand } = await import('./notifications/sms-receiver.ts');
    const settings = readSettings(['SMS_GATEWAY_SECRET', 'SMS_RECEIVER_PORT']);
    if (settings.SMS_GATEWAY_SECRET === '')
      throw new ConfigError('SMS_GATEWAY_SECRET is not set: expected at least 16 characters');
    const print = (line: string) => void process.stdout.write(`${line}\n`);
    await smsReceiverCommand(
      { host: '127.0.0.1', port: settings.SMS_RECEIVER_PORT, secret: settings.SMS_GATEWAY_SECRET },
      print,
    );
    print(`taking messages at http://127.0.0.1:${settings.SMS_RECEIVER_PORT}/sms`);
  });

program
  .command('migrate')
  .description('bring the database to the schema of this version')
  .action(async () => {
    const { migrateCommand } = await import('./commands/migrate.ts');
    const settings = readSettings(['DATABASE_URL', 'DATABASE_OWNER_URL']);
    await migrateCommand({ databaseUrl: settings.DATABASE_URL, ownerUrl: settings.DATABASE_OWNER_URL });
  });

program
  .command('import')
  .description(
    'load a registry from a CSV file with the columns bhxh_code, phone and, if wanted, password_hash',
  )
  .argument('<accounts.csv>')
  .option(
    '--rejects <file>',
    'where to write what is wrong with which line (default: <accounts.csv>.rejects.csv)',
  )
  .action(async (file: string, options: { rejects?: string }) => {
    const { importCommand } = await import('./commands/import.ts');
    const settings = readSettings(['DATABASE_URL', 'DATABASE_OWNER_URL', 'BHXH_CODE_LENGTHS']);
    process.exitCode = await importCommand({
      file,
      ...options,
      databaseUrl: settings.DATABASE_OWNER_URL || settings.DATABASE_URL,
      codeLengths: settings.BHXH_CODE_LENGTHS,
    });
  });

program
  .command('sounds')
  .description(
    'make the recordings from sounds/vi/prompts.yaml and sounds/vi/recorded/ (needs espeak-ng and sox)',
  )
  .action(async () => {
    const { makeSoundsCommand } = await import('./commands/sounds.ts');
    await makeSoundsCommand({ directory: soundsDirectory });
  });

program
  .command('call')
  .description('place a call to a running hotline and print what is heard')
  .option('--from <number>', "the caller's number (default: 0912345678)")
  .option('--code <digits>', 'the code to key (default: 0123456789)')
  .option('--type-ahead', 'key 8 and the code at once, without listening')
  .option('--withheld', 'withhold the number')
  .option('--target <host:port>', 'where the hotline answers (default: 127.0.0.1:5060)')
  .action(
    async (options: {
      from?: string;
      code?: string;
      typeAhead?: boolean;
      withheld?: boolean;
      target?: string;
    }) => {
      const { runCallCommand } = await import('./commands/call.ts');
      process.exitCode = await runCallCommand({ ...options, soundsDirectory });
    },
  );

program
  .command('doctor')
  .description(
    'examine the running installation and say what to change; exit code 5: something is wrong, or could not be looked at',
  )
  .option(
    '--security',
    'whether nobody gets in and nothing is lost, instead of whether a caller would be served',
  )
  .action(async ({ security = false }: { security?: boolean }) => {
    const { doctorCommand, secretPlaces } = await import('./commands/doctor.ts');
    const config = readConfig();
    const options = {
      ariUrl: config.ARI_URL,
      databaseUrl: config.DATABASE_URL,
      smsGatewayUrl: config.SMS_GATEWAY_URL,
      httpHost: config.HTTP_HOST,
      httpPort: config.HTTP_PORT,
      amiHost: config.AMI_HOST,
      limits: Object.fromEntries(
        limitNames.map((name) => [
          name,
          { value: config[name], shipped: Number(everySetting[name].default) },
        ]),
      ),
      passwordValidMinutes: config.PASSWORD_VALID_MINUTES,
      hashKey: config.HASH_KEY,
      auditKey: config.AUDIT_KEY,
      callBack: config.CALL_BACK,
      ami: amiSettings(),
      ari: {
        url: config.ARI_URL,
        username: config.ARI_USERNAME,
        password: config.ARI_PASSWORD,
        application: config.ARI_APPLICATION,
      },
      secretPlaces,
    };
    process.exitCode = await doctorCommand(options, security);
  });

const pbx = program.command('pbx').description('the PBX, over its manager interface');

pbx
  .command('status')
  .description('uptime, calls, trunk and softphones')
  .action(async () => {
    const { pbxStatusCommand } = await import('./commands/pbx.ts');
    await pbxStatusCommand(amiSettings());
  });

pbx
  .command('reload')
  .description('take over edited dialplan, SIP settings and recordings without dropping a call')
  .action(async () => {
    const { pbxReloadCommand } = await import('./commands/pbx.ts');
    await pbxReloadCommand(amiSettings());
  });

const audit = program.command('audit').description('how every call ended: sealed, checked, shown, removed');

audit
  .command('seal')
  .description('seal the rows that are not sealed yet (hotline serve does so every few seconds)')
  .action(async () => {
    const { auditSealCommand } = await import('./commands/audit.ts');
    const { DATABASE_URL, AUDIT_KEY } = readSettings(['DATABASE_URL', 'AUDIT_KEY']);
    await auditSealCommand({ databaseUrl: DATABASE_URL, key: AUDIT_KEY });
  });

audit
  .command('verify')
  .description(
    'check every row and every seal; exit code 5 and the first row altered, missing or inserted if one is',
  )
  .option(
    '--noted <batch:seal>',
    'what an earlier verify or the log said: tells whether the newest seals were removed',
  )
  .action(async (options: { noted?: string }) => {
    const { auditVerifyCommand } = await import('./commands/audit.ts');
    const { DATABASE_URL, AUDIT_KEY } = readSettings(['DATABASE_URL', 'AUDIT_KEY']);
    process.exitCode = await auditVerifyCommand({ databaseUrl: DATABASE_URL, key: AUDIT_KEY, ...options });
  });

audit
  .command('prune')
  .description('remove whole batches of calls that all ended before a date; needs DATABASE_OWNER_URL')
  .requiredOption('--before <date>', 'as 2026-03-31 or 2026-03-31T08:00+07:00; UTC unless it says otherwise')
  .action(async (options: { before: string }) => {
    const { auditPruneCommand } = await import('./commands/audit.ts');
    const { DATABASE_URL, DATABASE_OWNER_URL, AUDIT_KEY } = readSettings([
      'DATABASE_URL',
      'DATABASE_OWNER_URL',
      'AUDIT_KEY',
    ]);
    await auditPruneCommand({ ownerUrl: DATABASE_OWNER_URL || DATABASE_URL, key: AUDIT_KEY, ...options });
  });

audit
  .command('show')
  .description('the calls of a code, a phone or a time, one a line')
  .option(
    '--code [digits]',
    'calls whose last entry was this code; without digits, or -, it is asked for or read from standard input',
  )
  .option('--phone [number]', 'calls from this number; likewise')
  .option(
    '--since <time>',
    'calls that ended then or later, as 2026-03-31 or 2026-03-31T08:00+07:00; UTC unless it says otherwise',
  )
  .option('--until <time>', 'calls that ended before')
  .action(
    async (options: { code?: string | true; phone?: string | true; since?: string; until?: string }) => {
      const { auditShowCommand } = await import('./commands/audit.ts');
      const { DATABASE_URL, HASH_KEY } = readSettings(['DATABASE_URL', 'HASH_KEY']);
      await auditShowCommand({ databaseUrl: DATABASE_URL, hashKey: HASH_KEY, ...options });
    },
  );

function amiSettings(): { host: string; port: number; username: string; password: string } {
  const settings = readSettings(['AMI_HOST', 'AMI_PORT', 'AMI_USERNAME', 'AMI_PASSWORD']);
  return {
    host: settings.AMI_HOST,
    port: settings.AMI_PORT,
    username: settings.AMI_USERNAME,
    password: settings.AMI_PASSWORD,
  };
}

/** What throttles guessing. */
const limitNames = [
  'ENTRIES_PER_CALL',
  'MISMATCHES_PER_PHONE_HOUR',
  'MISMATCHES_PER_PHONE_DAY',
  'MISMATCHES_PER_CODE_DAY',
  'RESETS_PER_ACCOUNT_DAY',
  'RESETS_APART_SECONDS',
  'CALLS_PER_PHONE',
  'CALL_BACKS_PER_NUMBER_DAY',
] as const;

/** Reports a failure as one sentence; a stack only for a mistake of ours. */
function fail(error: unknown): never {
  const expected = error instanceof Error && !(error instanceof TypeError || error instanceof ReferenceError);
  process.stderr.write(`hotline: ${expected ? error.message : String((error as Error)?.stack ?? error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : exitCodeOf(error));
}

function exitCodeOf(error: unknown): number {
  return typeof error === 'object' &&
    error !== null &&
    'exitCode' in error &&
    typeof error.exitCode === 'number'
    ? error.exitCode
    : 1;
}

// `run` says the same of whatever run state it is given.
program.hook('preAction', (_, command) => {
  if (command.name() !== 'run') requirePrivateRunState();
});

loadRunState();
await program.parseAsync().catch(fail);
