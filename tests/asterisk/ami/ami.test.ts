import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Ami } from '../../../src/asterisk/ami/ami.ts';
import { listEndpoints, pbxStatus, reloadPbx } from '../../../src/asterisk/ami/pbx.ts';

/** Packets that the manager interface received, as header lines. */
const packets: string[][] = [];
/** Its response to an action, by `<action>` or `<action> <context, section or file>`; undefined: none. */
const answers = new Map<string, string[] | 'hang up'>();
let server: Server;
let ami: Ami;

const login = ['Response: Success', 'Message: Authentication accepted'];

beforeEach(async () => {
  packets.length = 0;
  answers.clear();
  answers.set('login', login);
  server = createServer((socket) => void serve(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  ami?.close();
  server.close();
  await once(server, 'close');
});

async function serve(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.write('Asterisk Call Manager/11.0.0\r\n');
  let packet: string[] = [];
  for await (const line of createInterface({ input: socket })) {
    if (line !== '') packet.push(line);
    else if (packet.length > 0) {
      packets.push(packet);
      reply(socket, packet);
      packet = [];
    }
  }
  socket.end();
}

function reply(socket: Socket, packet: readonly string[]): void {
  const header = (name: string) =>
    packet.find((line) => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2);
  const about = header('context') ?? header('category') ?? header('filename');
  const answer = answers.get(header('action') ?? '') ?? answers.get(`${header('action')} ${about}`);
  if (answer === 'hang up') return void socket.destroy();
  if (answer !== undefined)
    socket.write(
      `${answer.join('\r\n')}\r\n`.replace(
        /^(Response|Event): .*$/gm,
        `$&\r\nActionID: ${header('actionid')}`,
      ) + '\r\n',
    );
}

function options(): Parameters<typeof Ami.connect>[0] {
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    username: 'hotline',
    password: 'a-password-nobody-may-see',
  };
}

test('line breaks in a value cannot smuggle in a second action', async () => {
  answers.set('Ping', ['Response: Success']);
  ami = await Ami.connect(options());
  await ami.action({
    Action: 'Ping',
    Channel: '1\r\nAction: Originate\r\n\r\nAction: Logoff\n',
    'Key\r\nAction: Hangup': 'x',
  });
  expect(packets).toHaveLength(2);
  expect(packets[1]!.filter((line) => line.startsWith('Action: '))).toEqual(['Action: Ping']);
});

test('a wrong password is an error that says what to check, and does not hold it', async () => {
  answers.set('login', ['Response: Error', 'Message: Authentication failed']);
  const attempt = Ami.connect(options());
  await expect(attempt).rejects.toThrow(/refused user hotline: check AMI_USERNAME and AMI_PASSWORD/);
  await expect(attempt).rejects.not.toThrow('a-password-nobody-may-see');
});

test('a port where nothing listens, and a server that says nothing, are errors', async () => {
  await expect(Ami.connect({ ...options(), port: 1 })).rejects.toThrow(
    /cannot be reached: connect ECONNREFUSED/,
  );
  answers.delete('login');
  await expect(Ami.connect({ ...options(), deadlineMs: 200 })).rejects.toThrow(
    /did not answer the login within 200 ms/,
  );
});

test('an action without an answer fails at its deadline', async () => {
  ami = await Ami.connect({ ...options(), deadlineMs: 1000 });
  await expect(ami.action({ Action: 'Ping' })).rejects.toThrow(/Ping was not answered within 1000 ms/);
});

test('actions under way fail when the connection ends', async () => {
  answers.set('CoreStatus', 'hang up');
  ami = await Ami.connect({ ...options(), deadlineMs: 60_000 });
  const both = [ami.action({ Action: 'Ping' }), ami.action({ Action: 'CoreStatus' })];
  for (const action of both) await expect(action).rejects.toThrow(/closed the connection/);
  await expect(ami.action({ Action: 'Ping' })).rejects.toThrow(/closed the connection/);
});

test("an action that Asterisk refuses fails with Asterisk's message", async () => {
  answers.set('Reload', ['Response: Error', 'Message: No such module']);
  ami = await Ami.connect(options());
  await expect(ami.action({ Action: 'Reload', Module: 'nix' })).rejects.toThrow('Reload: No such module');
});

test('the state of the PBX names its version, its calls and its lines', async () => {
  answers.set('CoreStatus', [
    'Response: Success',
    'CoreStartupDate: 2026-11-22',
    'CoreStartupTime: 10:00:00',
    'CoreReloadDate: 2026-11-22',
    'CoreReloadTime: 11:00:00',
    'CoreCurrentCalls: 3',
  ]);
  answers.set('Getvar', ['Response: Success', 'Variable: STRFTIME(1796040000,,%z)', 'Value: +0700']);
  answers.set('CoreSettings', ['Response: Success', 'AsteriskVersion: 22.10.1']);
  answers.set('PJSIPShowEndpoints', [
    'Response: Success', 'EventList: start', '',
    'Event: EndpointList', 'ObjectName: trunk', 'Aor: ', 'DeviceState: In use', 'ActiveChannels: 3', '',
    'Event: EndpointList', 'ObjectName: 6001', 'Aor: 6001', 'Contacts: 6001/sip:6001@127.0.0.1:5070,', 'DeviceState: Not in use', 'ActiveChannels: 0', '',
    'Event: EndpointListComplete', 'EventList: Complete', 'ListItems: 2',
  ]); // prettier-ignore
  answers.set('DBGet', [
    'Response: Success', 'EventList: start', '',
    'Event: DBGetResponse', 'Family: hotline', 'Key: no-media', 'Val: 2', '',
    'Event: DBGetComplete', 'EventList: Complete', 'ListItems: 1',
  ]); // prettier-ignore
  ami = await Ami.connect(options());
  expect(await pbxStatus(ami)).toEqual({
    version: '22.10.1',
    startedAt: new Date('2026-11-22T03:00:00Z'),
    reloadedAt: new Date('2026-11-22T04:00:00Z'),
    activeCalls: 3,
    callsWithoutMedia: 2,
    lastWithoutMedia: '2',
    endpoints: [
      { name: 'trunk', state: 'In use', contacts: [], canBeCalled: false, activeChannels: 3 },
      {
        name: '6001',
        state: 'Not in use',
        contacts: ['6001/sip:6001@127.0.0.1:5070'],
        canBeCalled: true,
        activeChannels: 0,
      },
    ],
  });
});

test('a PBX without any line has none', async () => {
  answers.set('PJSIPShowEndpoints', ['Response: Error', 'Message: No endpoints found']);
  ami = await Ami.connect(options());
  expect(await listEndpoints(ami)).toEqual([]);
});

describe('a reload', () => {
  const required: [context: string, extension: string, file: string][] = [
    ['hotline-menu', 's', 'extensions-hotline.conf'],
    ['hotline-branches', '8', 'extensions-hotline.conf'],
    ['hotline-application', '_[a-z][a-z]!', 'extensions-hotline.conf'],
    ['hotline-application', 'T', 'extensions-hotline.conf'],
    ['hotline-operator', 's', 'extensions-site.conf'],
  ];
  const lists = (context: string, ...extensions: string[]) =>
    answers.set(`ShowDialPlan ${context}`, [
      'Response: Success', 'EventList: start', '',
      ...extensions.flatMap((extension) => ['Event: ListDialplan', `Context: ${context}`, `Extension: ${extension}`, 'Priority: 1', 'Registrar: pbx_config', '']),
      'Event: ShowDialPlanComplete', 'EventList: Complete',
    ]); // prettier-ignore
  /** A section of extensions.conf and its includes. */
  const holds = (context: string, ...extensions: string[]) =>
    answers.set(`GetConfig ${context}`, [
      'Response: Success',
      `Category-000000: ${context}`,
      ...extensions.map((extension, at) => `Line-000000-00000${at}: exten=${extension},1,NoOp()`),
    ]);
  const isReloaded = () => packets.some((packet) => packet.includes('Action: Reload'));

  beforeEach(async () => {
    answers.set('Reload', ['Response: Success', 'Message: Module Reloaded']);
    answers.set('GetConfig pjsip.conf', ['Response: Success', 'No categories found']);
    for (const [context, extension] of required) {
      if (context === 'hotline-application') lists(context, '_[a-z][a-z]!', 'T');
      else lists(context, extension, extension);
      holds(context, extension, 's', '_[a-z][a-z]!', 'T');
    }
    ami = await Ami.connect(options());
  });

  test('reads dialplan and SIP endpoints again, and finds menu, branch 8 and operator', async () => {
    expect(await reloadPbx(ami)).toEqual({ parts: ['dialplan', 'SIP endpoints'], menuSteps: 2 });
  });

  test.each(required)(
    'that loses the context %s is a failure that names it and its file',
    async (context, _extension, file) => {
      answers.set(`ShowDialPlan ${context}`, ['Response: Error', `Message: Did not find context ${context}`]);
      await expect(reloadPbx(ami)).rejects.toThrow(new RegExp(`\\[${context}\\].*${file}`));
    },
  );

  test.each(required)(
    'after which %s lacks its extension %s is a failure too',
    async (context, extension, file) => {
      const others = required.filter((each) => each[0] === context && each[1] !== extension);
      lists(context, 'other', ...others.map((each) => each[1]));
      await expect(reloadPbx(ami)).rejects.toThrow(
        `no extension ${extension} in context [${context}]: check ${file}`,
      );
    },
  );

  describe('is not made', () => {
    test.each(required)(
      'when the files have no context %s with the extension %s; the error names %s',
      async (context, extension, file) => {
        const others = required.filter((each) => each[0] === context && each[1] !== extension);
        holds(context, 'other', ...others.map((each) => each[1]));
        await expect(reloadPbx(ami)).rejects.toThrow(
          `not reloaded: extensions.conf and its includes have no extension ${extension} in context [${context}]: check ${file}`,
        );
        answers.set(`GetConfig ${context}`, ['Response: Success', 'No categories found']);
        await expect(reloadPbx(ami)).rejects.toThrow(/not reloaded/);
        expect(isReloaded()).toBe(false);
      },
    );

    test('when a context is a template only', async () => {
      holds('hotline-menu', 's');
      (answers.get('GetConfig hotline-menu') as string[]).splice(2, 0, 'IsTemplate-000000: 1');
      await expect(reloadPbx(ami)).rejects.toThrow(/not reloaded: .*\[hotline-menu\]/);
    });

    test.each(['extensions.conf', 'pjsip.conf'])('when Asterisk cannot read %s', async (file) => {
      const about = file === 'pjsip.conf' ? file : 'hotline-menu';
      answers.set(`GetConfig ${about}`, ['Response: Error', 'Message: Config file has invalid format']);
      await expect(reloadPbx(ami)).rejects.toThrow(`not reloaded: Asterisk cannot read ${file}`);
      expect(isReloaded()).toBe(false);
    });
  });

  test('is made where the dialplan is written in AEL or Lua, and where SIP is configured elsewhere', async () => {
    const missing = ['Response: Error', 'Message: Config file not found'];
    for (const about of ['pjsip.conf', ...required.map(([context]) => context)])
      answers.set(`GetConfig ${about}`, missing);
    for (const [context] of required) {
      const key = `ShowDialPlan ${context}`;
      const lines = answers.get(key) as string[];
      answers.set(
        key,
        lines.map((line) => line.replace('pbx_config', 'pbx_ael')),
      );
    }
    expect(await reloadPbx(ami)).toMatchObject({ menuSteps: 2 });
  });
});
