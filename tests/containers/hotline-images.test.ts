/** The images and compose.yaml: built, started and called, as a newcomer would. */
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
    const manager = await hotline.service('pbx').exec(['cat', '/etc/hotline/manager-user.conf']);
    secrets.push(/^secret = (.+)$/m.exec(manager.output)![1]!);
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
    const transcript = await hotline.call();
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
});
