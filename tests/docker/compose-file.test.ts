/** What compose.yaml and the Dockerfile say, without an engine; tests/containers builds and starts them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly volumes?: readonly string[];
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
  readonly restart: string;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly ulimits?: Readonly<Record<string, number>>;
  readonly tmpfs?: readonly string[];
}

const read = (name: string) => readFileSync(join(import.meta.dirname, '../..', name), 'utf8');
const compose = read('compose.yaml');
const { services } = parse(compose, { merge: true }) as { services: Record<string, Service> };
const each = Object.entries(services);

test('the base image is pinned by date and digest, the same in both files, and no other image is pulled', () => {
  const dockerfile = read('Dockerfile');
  const pinned = /^ARG DEBIAN_IMAGE=(debian:forky-\d{8}-slim@sha256:[0-9a-f]{64})$/m.exec(dockerfile)?.[1];
  expect(pinned).toBeDefined();
  expect(compose).toContain(`DEBIAN_IMAGE: \${HOTLINE_DEBIAN_IMAGE:-${pinned}}`);
  const stages = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, name]) => name);
  expect(stages).toEqual(['${DEBIAN_IMAGE}', 'debian', 'debian', 'debian', 'debian']);
  for (const [, { image }] of each) expect(image).toMatch(/^hotline-(pbx|database|application)$/);
});

test.each(each)(
  '%s has bounds for memory, threads, log and what it may write to, and leaves no core',
  (_, service) => {
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.ulimits?.['core']).toBe(0);
    expect(service.logging?.options).toEqual({ 'max-size': '10m', 'max-file': '5' });
    for (const place of service.tmpfs ?? []) expect(place).toMatch(/:size=\d+m,/);
  },
);

test('each service mounts the secrets of its own part alone, read-only, and only the one that makes them mounts all', () => {
  const secretsOf = ({ volumes = [] }: Service) =>
    volumes.filter((volume) => /^\w+-secrets:/.test(volume)).map((volume) => volume.split(':'));
  const mounted = Object.fromEntries(
    each
      .filter(([name]) => name !== 'secrets')
      .map(([name, service]) => [name, secretsOf(service).map(([volume, , mode]) => [volume, mode])]),
  );
  expect(mounted).toEqual({
    database: [['database-secrets', 'ro']],
    prepare: [['prepare-secrets', 'ro']],
    recordings: [],
    pbx: [['pbx-secrets', 'ro']],
    application: [['application-secrets', 'ro']],
    sms: [['sms-secrets', 'ro']],
    call: [],
    doctor: [['doctor-secrets', 'ro']],
    import: [['owner-secrets', 'ro']],
    owner: [['owner-secrets', 'ro']],
  });
});

test('who compares what is heard with what is live can read it, and only the application writes it', () => {
  const store = each.map(([name, { volumes = [] }]) => [name, volumes.find((volume) => volume.startsWith('recordings:'))]); // prettier-ignore
  expect(Object.fromEntries(store.filter(([, volume]) => volume !== undefined))).toEqual({
    recordings: 'recordings:/recordings',
    application: 'recordings:/recordings',
    pbx: 'recordings:/recordings:ro',
    doctor: 'recordings:/recordings:ro',
    call: 'recordings:/recordings:ro',
  });
});

test('what ends with its work asks nobody of its health', () => {
  for (const name of ['secrets', 'prepare', 'recordings', 'call', 'doctor', 'import', 'owner'])
    expect(services[name]).toMatchObject({ restart: 'no', healthcheck: { disable: true } });
});

test('what serves is started again when it has ended, and has a health check that ends what is frozen', () => {
  for (const name of ['application', 'pbx', 'database', 'sms'])
    expect(services[name]?.restart).toBe('unless-stopped');
  expect(services['sms']?.healthcheck?.test).toContain('docker/health.ts');
  const checks = [...read('Dockerfile').matchAll(/^HEALTHCHECK (.*)\n? *(CMD .*)?/gm)].map(([all]) => all);
  expect(checks).toHaveLength(3);
  for (const check of checks) expect(check).toMatch(/hotline-health|docker\/health\.ts/);
});
