/** A machine as an admin's, with Debian's own Asterisk and a MariaDB, where the packages of this checkout lie in /root. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsOf, snippets } from '../book.ts';
import { until } from '../until.ts';
import { copyPackages } from './built-package.ts';
import { privateDebian } from './kept-machines.ts';
import { SystemdMachine, type Ended } from './systemd-machine.ts';

/** The private root has MariaDB's programs without the unit of Debian's mariadb-server. */
const mariadbUnit = `[Service]
Type=notify
User=mysql
RuntimeDirectory=mysqld
ExecStart=/usr/sbin/mariadbd --socket=/run/mysqld/mysqld.sock --bind-address=127.0.0.1
[Install]
WantedBy=multi-user.target
`;

export const heardTwice = /heard twice, both times the same/;

/** The snippets of docs/admin.md, "Point a trunk at it", with loopback for the addresses of carrier and PBX. */
export function trunkOfTheBook(of: 'pjsip' | 'extensions'): string {
  return snippets('admin.md', '## Point a trunk at it', 'ini')
    .filter((block) => settingsOf(block).some(([, name]) => name === 'exten') === (of === 'extensions'))
    .join('\n')
    .replace('203.0.113.10', '127.0.0.2')
    .replace('198.51.100.5', '127.0.0.1');
}

/** {@link remove} it in any case. */
export class HotlineMachine {
  readonly machine: SystemdMachine;

  private constructor(machine: SystemdMachine) {
    this.machine = machine;
  }

  /** Boots one whose pjsip.conf has the trunk of docs/admin.md. Nothing is installed. */
  static async boot(): Promise<HotlineMachine> {
    const programs = ['systemd', 'logrotate', 'debconf', 'mariadb-client', 'openssl', 'sudo'];
    const atNight = ['curl', 'iproute2', 'procps']; // for docs/operating.md, "At 3 a.m."
    const packages = [...programs, ...atNight];
    const machine = new SystemdMachine(await privateDebian('service', packages));
    await copyPackages(join(machine.root, 'root'));
    writeFileSync(join(machine.root, 'etc/systemd/system/mariadb.service'), mariadbUnit);
    machine.inside('mariadb-install-db --user=mysql > /dev/null; systemctl --quiet enable mariadb asterisk');
    writeFileSync(
      join(machine.root, 'etc/asterisk/pjsip.conf'),
      `[transport-udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:5060\n${trunkOfTheBook('pjsip')}`,
    );
    await machine.boot();
    return new HotlineMachine(machine);
  }

  remove(): Promise<void> {
    return this.machine.remove();
  }

  /** Runs a shell line, in /root. @throws Error with what it wrote, unless it ends with 0 */
  run(line: string, input = ''): Ended {
    const ended = this.machine.run(`cd /root; ${line}`, input);
    if (ended.status !== 0)
      throw new Error(`${line} ended with ${ended.status}:\n${ended.stdout}${ended.stderr}`);
    return ended;
  }

  /**
   * Runs a shell line on a terminal, in /root, and answers what it asks, in this order.
   *
   * @returns what the terminal shows, with plain line ends, and the status
   */
  async onTerminal(
    line: string,
    answers: readonly (readonly [question: RegExp, typed: string])[],
  ): Promise<{ status: number | null; shown: string }> {
    this.run('cat > /run/typed', line);
    const terminal = this.machine.open(
      "cd /root; TERM=dumb script --quiet --return --command 'sh -e /run/typed' /dev/null",
    );
    const ended = once(terminal, 'close') as Promise<[number | null]>;
    let [shown, answered] = ['', 0];
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
    for (const [question, typed] of answers) {
      await until(() => question.test(shown.slice(answered)) || terminal.exitCode !== null).catch(() => {
        throw new Error(`${line} does not ask ${String(question)}:\n${shown}`);
      });
      answered = shown.length;
      terminal.stdin.write(typed);
    }
    const [status] = await ended;
    return { status, shown: shown.replaceAll('\r', '') };
  }

  /** By `hotline setup`, with the trunk's number in the dialplan and three citizens; until it takes calls. */
  async setUp(): Promise<void> {
    this.run('dpkg -i hotline.deb 2>&1; hotline setup --yes --start');
    this.addCitizens();
    await until(() => this.isActive());
  }

  /** What setup leaves to the admin. */
  addCitizens(): void {
    this.run('cat >> /etc/asterisk/extensions.conf', trunkOfTheBook('extensions'));
    this.run('asterisk -rx "dialplan reload"');
    const citizens = [1, 2, 3].map((n) => `012345678${n},091234560${n}\n`).join('');
    this.run('cat > accounts.csv; hotline import accounts.csv', `bhxh_code,phone\n${citizens}`);
  }

  /** A property of the application's unit. */
  property(name: string): string {
    return this.run(`systemctl show --value -p ${name} hotline`).stdout.trim();
  }

  isActive(): boolean {
    return this.property('ActiveState') === 'active';
  }

  /** Calls as one of three citizens: an account gets one password a minute. */
  call(citizen: 1 | 2 | 3): Promise<Ended> {
    return this.machine.start(`hotline call --from 091234560${citizen} --code 012345678${citizen}`);
  }

  /** Whether the application has taken a call: one that has only just left the menu may still be refused. */
  isServed(): boolean {
    return this.machine.run('hotline doctor').stdout.includes('room for calls: 1 of');
  }

  /** Every file of Asterisk, by name and contents. */
  configuration(): string {
    return this.run('cd /etc/asterisk && find . -type f | sort | xargs sha256sum').stdout;
  }
}
