/** `hotline sms-receiver` */
import { ConfigError, readSettings, whereToSet } from '../config.ts';
import { describeListenFailure } from '../machine/listen-failed.ts';
import { HotlineCommand } from './hotline-command.ts';
import { print } from './print.ts';

const settings = ['SMS_GATEWAY_SECRET', 'SMS_RECEIVER_PORT'] as const;

export function smsReceiverCommand(): HotlineCommand {
  const command = new HotlineCommand('sms-receiver', settings);
  command
    .summary('an SMS gateway for development')
    .description('an SMS gateway for development: checks messages and prints them, masked, on this machine')
    .example(
      'hotline sms-receiver',
      'print what an application with SMS_GATEWAY_URL=http://127.0.0.1:8090/sms sends',
    )
    .action(takeMessages);
  return command;
}

/** Prints messages until the process is ended. @throws ListenFailed */
async function takeMessages(): Promise<void> {
  const { SMS_GATEWAY_SECRET: secret, SMS_RECEIVER_PORT: port } = readSettings(settings);
  if (secret === '')
    throw new ConfigError(`SMS_GATEWAY_SECRET is not set: expected at least 16 characters\n${whereToSet()}`);
  const [{ maskPhone }, { receiveSms }] = await Promise.all([
    import('../accounts/phone-number.ts'),
    import('../notifications/sms-receiver.ts'),
  ]);
  const host = '127.0.0.1';
  await receiveSms({
    host,
    port,
    secret,
    onSms: (sms, again) =>
      print(`SMS ${sms.id} to ${maskPhone(sms.to)}${again ? ' again, not sent twice' : ''}: ${sms.text}`),
    onRefused: (why) => print(`refused: ${why}`),
  }).catch((error: unknown) => {
    throw describeListenFailure(error, { host, port, settings: ['SMS_RECEIVER_PORT'] });
  });
  print(`taking messages at http://127.0.0.1:${port}/sms`);
}
