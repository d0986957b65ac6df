/** The twin on FastAGI: one command a file, each sent when the one before has been answered. */
import listen, { type Context } from 'ding-dong';
import { offer, readTwice, resetPassword, untilMatch } from './account.ts';

const [port, host] = [4573, '127.0.0.1'];
/** No key ends a sound, as with the hotline. */
const noKeys = '';

async function serve(context: Context): Promise<void> {
  const { agi_callerid: phone = '' } = await context.onEvent('variables');
  const say = async (sounds: readonly string[]) => {
    for (const sound of sounds) await context.streamFile(sound, noKeys);
  };
  const { result: code } = await context.getData('hotline/enter-code-10', 7000, 10);
  await say(untilMatch);
  const password = await resetPassword(code, phone);
  if (password !== null) await say([...readTwice(password), ...offer]);
  await context.hangup();
}

listen((context) => {
  context.on('error', () => undefined);
  // A command under way is never answered, and Asterisk keeps the channel until the connection ends.
  context.on('hangup', () => void context.end());
  void serve(context);
}).start(port, host);
process.stdout.write('ready\n');
