/** The images and compose.yaml: built, started and called, as a newcomer would. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import { settings } from '../../src/settings.ts';
import { serveSettings } from '../../src/serve-settings.ts';
import { describeWithDocker } from '../support/engine/describe-with-docker.ts';
import { startContainerHotline, type ContainerHotline } from '../support/engine/hotline-containers.ts';
import { until } from '../support/until.ts';

const hasNoDefault = (name: (typeof serveSettings)[number]) => !('default' in settings[name]);
const services = ['application', 'database', 'pbx'] as const;
const checkout = join(import.meta.dirname, '../..');
/** What an operator types: the blocks of shell in this section of docs/operating.md. */
const operating = readFileSync(join(checkout, 'docs/operating.md'), 'utf8');
const [, section = ''] = operating.split('\n## In containers\n');
const [loading = '', looking = '', updating = ''] = Array.from(
  section.split('\n## ')[0]!.matchAll(/```sh\n([^]*?)```/g),
  ([, block]) => block!,
);

describeWithDocker('the hotline in containers', () => {
  let hotline: ContainerHotline;
  let secrets: string[];

  beforeAll(async () => {
    hotline = await startContainerHotline();
    secrets = Object.entries(await settingsOf('application')).flatMap(([name, value]) =>
      /PASSWORD$/.test(name) ? [value!] : name === 'DATABASE_URL' ? [new URL(value!).password] : [],
    );
    const { output } = await hotline.service('pbx').exec(['cat', '/etc/hotline/softphone-auth.conf']);
    secrets.push(/^password = (.+)$/m.exec(output)![1]!);
  }, 600_000);
  afterAll(() => hotline?.stop(), 60_000);

  const settingsOf = async (service: string) => {
    const { output } = await hotline.service(service).exec(['cat', '/app/.hotline/env']);
    return parseEnv(output);
  };
  const engine = async () => (await getContainerRuntimeClient()).container.dockerode;
  const inspect = async (service: string) =>
    (await engine()).getContainer(hotline.service(service).getId()).inspect();

  test('a caller hears a new password twice, and it is the one in the registry', async () => {
    const { out: transcript } = await hotline.shell('docker compose run --rm call');
    const password = /The new password is (\d{8}): heard twice/.exec(transcript)?.[1];
    expect({ password, transcript }).toEqual({ password: expect.any(String), transcript });
    expect(await verifyPassword(await storedHash('0123456789'), password!)).toBe(true);
  });

  async function storedHash(code: string): Promise<string> {
    const query = `SELECT password_hash FROM hotline.accounts WHERE bhxh_code = '${code}'`;
    const { stdout } = await hotline
      .service('database')
      .exec(['mariadb', '--no-defaults', '--socket=/run/mysqld/mysqld.sock', '-NBe', query]);
    return stdout.trim();
  }

  test.each(services)('no process of the %s container is root, and none can become it', async (service) => {
    const { output } = await hotline.service(service).exec(['sh', '-c', 'cat /proc/[0-9]*/status']);
    const users = [...output.matchAll(/^Uid:\s+(\d+)/gm)].map(([, uid]) => Number(uid));
    expect(users.length).toBeGreaterThan(0);
    expect(users).not.toContain(0);
    expect((await inspect(service)).HostConfig).toMatchObject({
      Privileged: false,
      CapDrop: ['ALL'],
      ReadonlyRootfs: true,
      SecurityOpt: ['no-new-privileges:true'],
    });
  });

  test.each(services)(
    'the %s container has bounds for memory, processes, log and every place it can write to but its volumes',
    async (service) => {
      const { HostConfig: host } = await inspect(service);
      expect(host.Memory).toBeGreaterThan(0);
      expect(host.PidsLimit).toBeGreaterThan(0);
      expect(host.LogConfig).toEqual({ Type: 'local', Config: { 'max-size': '10m', 'max-file': '5' } });
      expect(host.Init).toBe(true);
      for (const options of Object.values(host.Tmpfs ?? {})) expect(options).toMatch(/\bsize=\d+m\b/);
    },
  );

  test.each(services)('the %s container reports itself healthy', async (service) => {
    expect((await inspect(service)).State.Health?.Status).toBe('healthy');
  });

  test('the application reports itself unhealthy while the PBX is unreachable, and recovers with it', async () => {
    const healthOf = async () => (await inspect('application')).State.Health?.Status;
    const pbx = (await engine()).getContainer(hotline.service('pbx').getId());
    await pbx.pause();
    await until(async () => (await healthOf()) === 'unhealthy', 60_000);
    await pbx.unpause();
    await until(async () => (await healthOf()) === 'healthy', 60_000);
  });

  test('what is frozen is ended by its own health check, started again, and serves', async () => {
    const all = [...services, 'sms'];
    const startOf = async (service: string) => (await inspect(service)).State.StartedAt;
    const before = new Map(await Promise.all(all.map(async (name) => [name, await startOf(name)] as const)));
    const freeze = 'kill -STOP $(grep -lEx "node|MainThread|asterisk|mariadbd" /proc/*/comm | cut -d/ -f3)';
    for (const service of all) await hotline.service(service).exec(['sh', '-c', freeze]);
    for (const service of all)
      await until(async () => (await startOf(service)) !== before.get(service), 90_000);
    for (const service of all)
      await until(async () => (await inspect(service)).State.Health?.Status === 'healthy', 90_000);
  });

  test('a registry is loaded as documented, and what is wrong with it is written beside it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hotline-registry-'));
    const file = join(folder, 'accounts.csv');
    const citizens = ['0123456780,0912345600', '012345678,0912345601'];
    writeFileSync(file, ['bhxh_code,phone', ...citizens, ''].join('\n'));
    const lines = loading
      .replaceAll('/srv/hotline', join(folder, 'hotline'))
      .replace(' accounts.csv', ` ${file}`);
    const [command = ''] = /^docker compose .*$/m.exec(lines) ?? [];
    const asked = lines.replace(command, `${command} || test $? = 4; cat ${folder}/hotline/*.rejects.csv`);
    const { code, out, err } = await hotline.shell(asked);
    expect({ code, err, out }).toEqual({ code: 0, err, out: expect.any(String) });
    expect(out).toMatch(/^2 lines: 1 account added, .* 1 line rejected$/m);
    expect(out).toContain('3,rejected,bhxh_code,');
    expect(existsSync(join(folder, 'hotline'))).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test('what looks after it runs as documented: the doctor finds nothing to be changed, and the audit log is intact', async () => {
    const { code, out, err } = await hotline.shell(looking);
    expect({ code, err, out }).toEqual({ code: 0, err, out: expect.any(String) });
    expect(out.match(/^\d+ checks, 0 to be changed$/gm)).toHaveLength(2);
    expect(out).toContain('audit log intact');
  });

  test.each(services)('the %s image holds no secret, and its container shows none', async (service) => {
    expect(secrets).toHaveLength(4);
    const container = await inspect(service);
    const docker = await engine();
    const image = docker.getImage(container.Image);
    const log = await docker.getContainer(container.Id).logs({ stdout: true, stderr: true });
    const seen = JSON.stringify([container, await image.inspect(), await image.history()]) + log.toString();
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
  });

  test.each(services)(
    'the %s image is made of the listed folders alone: no run state, no repository',
    async (service) => {
      const fresh = await new GenericContainer(`hotline-${service}`)
        .withEntrypoint(['sleep', 'infinity'])
        .withNetworkMode('none')
        .withWaitStrategy(Wait.forListeningPorts())
        .start();
      try {
        const places =
          '/secrets /etc/hotline /var/lib/mysql /app/.hotline /app/.git /app/tests /app/node_modules/jest';
        const { output } = await fresh.exec(['sh', '-c', `find ${places} -type f 2>/dev/null`]);
        expect(output).toBe('');
      } finally {
        await fresh.stop({ timeout: 0 });
      }
    },
  );

  test.each(services)('the %s container mounts its own secrets and no others', async (service) => {
    const mounted = (await inspect(service)).Mounts.flatMap(({ Name }) =>
      Name?.endsWith('-secrets') ? [Name.replace(/^.*_/, '')] : [],
    );
    expect(mounted).toEqual([`${service}-secrets`]);
  });

  test("the application is given neither the schema owner's rights nor the softphones' password, and the SMS receiver its own two settings alone", async () => {
    const given = Object.keys(await settingsOf('application'));
    expect(given).toEqual(expect.arrayContaining([...serveSettings].filter(hasNoDefault)));
    expect(given.filter((name) => !(serveSettings as readonly string[]).includes(name))).toEqual([]);
    expect(given).not.toContain('DATABASE_OWNER_URL');
    expect(given).not.toContain('SOFTPHONE_PASSWORD');
    expect(Object.keys(await settingsOf('sms'))).toEqual(['SMS_GATEWAY_SECRET', 'SMS_RECEIVER_PORT']);
  });

  test('an update and a changed key are taken over as documented', async () => {
    const keys = Array.from(operating.matchAll(/```sh\n(docker compose run .* secrets [^]*?)```/g));
    const { code, out, err } = await hotline.shell(
      `${updating}${keys.map(([, block]) => block).join('')}docker compose exec application hotline audit verify`,
    );
    expect({ code, err, out }).toEqual({ code: 0, err, out: expect.stringContaining('audit log intact') });
    expect(keys).toHaveLength(1);
  });
});
