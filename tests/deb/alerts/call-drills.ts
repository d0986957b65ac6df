/** What callers meet: the application, or what it needs, is gone; silence, refusals, wrong codes. */
import type { HotlineMachine } from '../../support/machine/hotline-machine.ts';
import { crowd, exampleHour, passingCrowd, withSettings, type AtEnd, type Drill } from './drill.ts';

const node = '/usr/lib/hotline/node_modules/.bin/node';
const readyz = 'curl -sS http://127.0.0.1:8080/readyz';

/** A part that was stopped, and is started again. */
function withoutService(name: string): Drill['provoke'] {
  return (pbx, atEnd) => {
    atEnd(() => pbx.run(`systemctl start ${name}`));
    pbx.run(`systemctl stop ${name}`);
  };
}

/** Another program takes the port of the metrics while the application is started anew. */
function takeMetricsPort(pbx: HotlineMachine, atEnd: AtEnd): void {
  const listen = 'require("http").createServer((_, answer) => answer.end()).listen(9464, "127.0.0.1")';
  pbx.run('systemctl stop hotline');
  atEnd(() => pbx.run('systemctl stop other; systemctl restart hotline'));
  pbx.run(`systemd-run --quiet --unit=other ${node} -e '${listen}'`);
  pbx.run("until ss -tln | grep -q ':9464 '; do :; done; systemctl start hotline");
}

/** What is between the application and Asterisk becomes slow once callers key: 0.85 s each way. */
function slowConnections(pbx: HotlineMachine, atEnd: AtEnd): void {
  const relay = `let ms = 0;
  require("net").createServer((from) => {
    const to = require("net").connect(8088, "127.0.0.1");
    for (const [one, other] of [[from, to], [to, from]]) {
      one.on("error", () => undefined).on("close", () => other.destroy());
      one.on("data", (data) => {
        if (/"digit": ?"9"/.test(data)) ms = 850;
        setTimeout(() => other.write(data), ms);
      });
    }
  }).listen(8089, "127.0.0.1")`;
  pbx.run(`cat > /run/relay.cjs; systemd-run --quiet --unit=relay ${node} /run/relay.cjs`, relay);
  atEnd(() => pbx.run('systemctl stop relay'));
  withSettings(pbx, atEnd, 'ARI_URL=http://127.0.0.1:8089');
}

export const callDrills: readonly Drill[] = [
  {
    alert: 'HotlineOperatorsAskedFor',
    because: 'many callers ask for a person in branch 8',
    async provoke(pbx) {
      for (const from of [5000, 5010, 5020])
        await passingCrowd(pbx, { callers: 8, until: 'operator-closed', keys: '0#', from });
      // It ends with the hour, while the others are provoked.
    },
    asks: [
      {
        command: 'curl -sS http://127.0.0.1:9464/metrics | grep -e menu_calls_total -e call_exits_total',
        says: /^hotline_call_exits_total\{to="operator"\} (2[4-9]|[3-9]\d)$/m,
      },
    ],
  },
  {
    alert: 'HotlineDown',
    because: 'a setting with a wrong value ended its start',
    provoke: (pbx, atEnd) => withSettings(pbx, atEnd, 'MAX_CALLS=many'),
    asks: [
      { command: 'systemctl status hotline', says: /Active: failed/ },
      { command: readyz, says: /Failed to connect/ },
      { command: 'journalctl -u hotline -n 50', says: /MAX_CALLS has a value that is not allowed/ },
    ],
  },
  {
    alert: 'HotlineDown',
    because: 'another program has the port of the metrics',
    provoke: takeMetricsPort,
    asks: [
      { command: 'systemctl status hotline', says: /Active: active/ },
      { command: readyz, says: /^\{"ready":true/m },
      { command: "ss -tlnp 'sport = :9464'", says: /users:\(\("MainThread"/ },
    ],
  },
  {
    alert: 'HotlineServesNobody',
    because: 'the database is down',
    provoke: withoutService('mariadb'),
    asks: [
      {
        command: readyz,
        says: /"registry":\{"ready":false,"why":"the registry failed: nothing listens there/,
      },
      { command: 'hotline doctor', says: /DANGER +application: down: registry/ },
    ],
  },
  {
    alert: 'HotlineServesNobody',
    because: 'Asterisk is down',
    provoke: withoutService('asterisk'),
    asks: [
      {
        command: readyz,
        says: /"ari":\{"ready":false,"why":"the event socket to Asterisk is being reopened"/,
      },
      { command: 'hotline doctor', says: /DANGER +application: down: pbx/ },
      { command: 'systemctl status asterisk', says: /Active: inactive/ },
      { command: 'hotline pbx status', says: /the manager interface at 127\.0\.0\.1:5038 cannot be reached/ },
    ],
  },
  {
    alert: 'HotlineFaults',
    because: 'people call while the database is down',
    async provoke(pbx, atEnd) {
      await withoutService('mariadb')(pbx, atEnd);
      await passingCrowd(pbx, { callers: 5, until: 'fault' });
    },
    asks: [
      {
        command: 'grep -e "met a fault" -e error /var/log/hotline/hotline.log | tail -n 20',
        says: /"error":"Registry\w+: the registry failed: nothing listens there .*"message":"a call met a fault"/,
      },
      { command: 'journalctl -u hotline -n 50', says: /Started hotline\.service/ },
    ],
  },
  {
    alert: 'HotlineRecordsWaiting',
    because: 'people call on while the database is down',
    async provoke(pbx, atEnd) {
      await withoutService('mariadb')(pbx, atEnd);
      for (let from = 8000; from < 8108; from += 12)
        await passingCrowd(pbx, { callers: 12, until: 'please-wait', from });
    },
    asks: [
      { command: readyz, says: /"registry":\{"ready":false,"why":"the registry failed: nothing listens/ },
    ],
  },
  {
    alert: 'HotlineCallsRefused',
    because: 'more callers than MAX_CALLS',
    async provoke(pbx, atEnd) {
      withSettings(pbx, atEnd, 'MAX_CALLS=2');
      atEnd(await crowd(pbx, { callers: 2, until: 'enter-code-10', from: 2000 }));
      atEnd(await crowd(pbx, { callers: 6, until: 'busy', from: 3000 }));
    },
    asks: [
      { command: 'curl -sS http://127.0.0.1:8080/status', says: /"calls":2,"maxCalls":2,/ },
      {
        command: 'asterisk -rx "core show channels concise" | cut -d! -f8 | sort | uniq -c | sort -n | tail',
        says: /^ +1 0?\+?\d*9123420/m,
      },
    ],
  },
  {
    alert: 'HotlineDeadAir',
    because: 'the network to Asterisk is slow',
    async provoke(pbx, atEnd) {
      slowConnections(pbx, atEnd);
      await passingCrowd(pbx, { callers: 9, until: 'please-wait', keys: '980000N', from: 7000 });
    },
    asks: [
      { command: 'hotline doctor', says: /warning +answers of Asterisk over ARI: 1\d{3} ms/i },
      { command: 'uptime', says: /load average/ },
    ],
  },
  {
    alert: 'HotlineMismatchWave',
    because: 'many callers key a wrong code',
    async provoke(pbx) {
      const keys = '980000N 970000N 960000N';
      // The alert wants more than 30 codes that do not match; on a busy machine some callers' keys are lost.
      await passingCrowd(pbx, { callers: 16, until: 'too-many-entries', keys, from: 4000 });
      // It ends by itself.
    },
    asks: [
      {
        command: `hotline audit show --since ${exampleHour} | grep mismatch | awk '{print $5}' | sort | uniq -c | sort -n | tail`,
        says: /^ +1 \+84\*\*\*40\d\d$/m,
      },
    ],
  },
  {
    alert: 'HotlineJournalDiskFull',
    because: 'a dump fills the disk of the journal',
    provoke(pbx, atEnd) {
      const folder = '/var/lib/hotline/journal';
      pbx.run(`mount -t tmpfs -o size=256m,mode=700,uid=hotline,gid=hotline tmpfs ${folder}`);
      pbx.run(`head -c 100M /dev/zero > ${folder}/dump; systemctl restart hotline`); // it does not see a later mount
      atEnd(() => pbx.run(`rm ${folder}/dump`));
    },
    asks: [
      { command: 'df -h /var/lib/hotline/journal', says: / 156M +40% \/var\/lib\/hotline\/journal$/m },
      {
        command:
          'du -xah --max-depth=3 "$(df --output=target /var/lib/hotline/journal | tail -n 1)" | sort -h | tail -n 20',
        says: /^100M\t.*\/journal\/dump$/m,
      },
    ],
  },
];

/** Samples of a week ago: how many callers asked for a person within an hour. */
export function weekBefore(): string {
  const start = Math.floor(Date.now() / 1000) - 7 * 24 * 3600;
  const samples = Array.from(
    { length: 120 },
    (_, n) => `hotline:operators_asked_for:increase1h{instance="127.0.0.1:9464"} 4 ${start + n * 15}\n`,
  );
  return `${samples.join('')}# EOF\n`;
}
