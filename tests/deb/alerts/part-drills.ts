/** What the parts meet that calls need: the database, Asterisk, the processor, the SMS gateway, the audit log. */
import type { HotlineMachine } from '../../support/machine/hotline-machine.ts';
import { until } from '../../support/until.ts';
import { crowd, passingCrowd, patienceMs, withSettings, type AtEnd, type Drill } from './drill.ts';

const node = '/usr/lib/hotline/node_modules/.bin/node';
const doctor = 'hotline doctor';
const status = 'curl -sS http://127.0.0.1:8080/status';
const openTransactions =
  "mariadb -e 'SELECT trx_mysql_thread_id, trx_started, trx_rows_locked, trx_query FROM information_schema.innodb_trx ORDER BY trx_started'";
const whyNotSealed =
  'grep -hs -e "not be sealed" -e "did not write" /var/log/hotline/hotline.log.1 /var/log/hotline/hotline.log | tail -n 3';

/** Somebody's client holds the attempts, until KILL, as the section says. */
async function leaveTransactionOpen(pbx: HotlineMachine, atEnd: AtEnd): Promise<void> {
  const client = pbx.machine.open('mariadb --unbuffered --batch hotline');
  client.stdin.write('START TRANSACTION; SELECT COUNT(*) FROM attempts FOR UPDATE;\n');
  await new Promise((resolve) => client.stdout.once('data', resolve));
  atEnd(() => {
    const [, oldest = ''] = pbx.run(openTransactions).stdout.split('\n');
    pbx.run(`mariadb -e 'KILL ${oldest.split('\t')[0]}'`);
  });
}

/** Stops the process for 0.35 s and lets it go on, again and again: long enough for the alert, not for a look at the metrics. */
function holdUp(pbx: HotlineMachine, atEnd: AtEnd): void {
  const tell = (signal: string) => `systemctl kill --signal=${signal} hotline`;
  const rounds = `while :; do ${tell('STOP')}; sleep 0.35; ${tell('CONT')}; sleep 0.35; done`;
  pbx.run(`systemd-run --quiet --unit=busy sh -c '${rounds}'`);
  atEnd(() => pbx.run(`systemctl stop busy; ${tell('CONT')}`));
}

/** What is between the application and Asterisk lets no connection live for long. */
function cutConnections(pbx: HotlineMachine, atEnd: AtEnd): void {
  const relay = `require("net").createServer((from) => {
    const to = require("net").connect(8088, "127.0.0.1");
    for (const end of [from, to]) end.on("error", () => undefined);
    from.pipe(to).pipe(from).on("close", () => to.destroy());
    setTimeout(() => from.destroy(), 1500);
  }).listen(8089, "127.0.0.1")`;
  pbx.run(`systemd-run --quiet --unit=relay ${node} -e '${relay}'`);
  atEnd(() => pbx.run('systemctl stop relay'));
  withSettings(pbx, atEnd, 'ARI_URL=http://127.0.0.1:8089');
}

/** Settings of a gateway on this machine; a citizen calls, and is to be told. @param answers its status; null: it is away */
async function resetWithGateway(
  pbx: HotlineMachine,
  atEnd: AtEnd,
  { citizen, answers }: { citizen: 1 | 2; answers: number | null },
): Promise<void> {
  const gateway = `require("http").createServer((_, answer) => answer.writeHead(${answers}).end()).listen(8090, "127.0.0.1")`;
  withSettings(
    pbx,
    atEnd,
    'SMS_GATEWAY_SECRET=a-secret-of-the-gateway',
    'SMS_GATEWAY_URL=http://127.0.0.1:8090/sms',
  );
  if (answers !== null) pbx.run(`systemd-run --quiet --unit=refusing ${node} -e '${gateway}'`);
  const keys = `012345678${citizen}`;
  await passingCrowd(pbx, { callers: 1, from: 5600 + citizen, until: 'changed', keys });
  atEnd(async () => {
    if (answers !== null) pbx.run('systemctl stop refusing');
    pbx.run(`systemd-run --quiet --unit=gateway${citizen} hotline sms-receiver`);
    if (answers !== null) pbx.run('hotline outbox --retry');
    await until(() => pbx.run('hotline outbox').stdout.startsWith('0 waiting; 0 dead'), patienceMs);
    pbx.run(`systemctl stop gateway${citizen}`);
  });
}

/** The key is replaced, and the one before it forgotten. */
async function forgetAuditKey(pbx: HotlineMachine, atEnd: AtEnd): Promise<void> {
  const settings = '/etc/hotline/hotline.env';
  await passingCrowd(pbx, { callers: 1, from: 9000, until: 'enter-code-10' });
  const isSealed = () => /intact: [1-9]/.test(pbx.run('hotline audit seal; hotline audit verify').stdout);
  await until(isSealed, patienceMs); // with the key that will be forgotten
  const before = pbx.run(`sed -n s/^AUDIT_KEY=//p ${settings}`).stdout.trim();
  pbx.run(
    `sed -i "s/^AUDIT_KEY=.*/AUDIT_KEY=$(openssl rand -hex 32)/" ${settings}; systemctl restart hotline`,
  );
  await passingCrowd(pbx, { callers: 1, from: 9001, until: 'enter-code-10' });
  atEnd(() => {
    pbx.run(`echo AUDIT_KEYS_BEFORE=${before} >> ${settings}; systemctl restart hotline`);
    pbx.run('hotline audit seal; hotline audit verify');
  });
}

export const partDrills: readonly Drill[] = [
  {
    alert: 'HotlineDatabaseDeadlines',
    because: 'somebody left a transaction open',
    async provoke(pbx, atEnd) {
      await leaveTransactionOpen(pbx, atEnd);
      atEnd(await crowd(pbx, { callers: 9, until: 'please-wait', keys: '980000N', from: 6000 }));
    },
    asks: [
      { command: doctor, says: / 0 to be changed/ },
      { command: "mariadb -e 'SHOW FULL PROCESSLIST'", says: /\troot\tlocalhost\thotline\tSleep\t/ },
      { command: openTransactions, says: /^\d+\t[\d :-]+\t\d+\tNULL$/m },
    ],
  },
  {
    alert: 'HotlineAriReconnects',
    because: 'what is between the application and Asterisk cuts the connection',
    provoke: cutConnections,
    asks: [
      { command: 'hotline pbx status', says: /up since \d{4}-/ },
      {
        command: 'grep "event socket" /var/log/hotline/hotline.log | tail',
        says: /("Lost the event socket.*"why":"closed \(1006\)".*\n[^]*){3}/,
      },
      { command: 'systemctl show asterisk -p NRestarts', says: /^NRestarts=0$/m },
    ],
  },
  {
    alert: 'HotlineEventLoopSlow',
    because: 'the machine does not let it work',
    provoke: holdUp,
    asks: [
      { command: status, says: /"eventLoop":\{"delays":[1-9]\d*,"ownDelays":\d,/ },
      { command: 'top -b -n 1 | head -n 15', says: /load average/ },
    ],
  },
  {
    alert: 'HotlineOutboxLate',
    because: 'the gateway is away',
    provoke: (pbx, atEnd) => resetWithGateway(pbx, atEnd, { citizen: 1, answers: null }),
    asks: [
      { command: doctor, says: /way to the SMS gateway: the gateway cannot be reached \(ECONNREFUSED\)/ },
      {
        command: 'grep -e gateway -e notification /var/log/hotline/hotline.log | tail',
        says: /was not delivered yet","reason":"the gateway cannot be reached \(ECONNREFUSED\)/,
      },
    ],
  },
  {
    alert: 'HotlineOutboxDead',
    because: 'the gateway refuses a message',
    provoke: (pbx, atEnd) => resetWithGateway(pbx, atEnd, { citizen: 2, answers: 422 }),
    asks: [{ command: 'hotline outbox', says: /^dead .* 1 attempt: the gateway answered 422$/m }],
  },
  {
    alert: 'HotlineAuditUnsealed',
    because: 'the key was changed, and the one before it forgotten',
    provoke: forgetAuditKey,
    asks: [
      {
        command: whyNotSealed,
        says: /the newest seal of the audit log was made with another key than AUDIT_KEY/,
      },
    ],
  },
];
