/** Asterisk's own metrics, as docs/operating.md describes them. The shipped modules.conf does not load them. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { placeCall } from '../../src/sip-caller/caller.ts';
import { soundsDirectory } from '../support/machine/phone-call.ts';
import { edit, startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';

const deploy = join(import.meta.dirname, '../../deploy/prometheus');
const phone = '0912345678';
let asterisk: RealAsterisk;

beforeAll(async () => {
  asterisk = await startAsterisk((config) => {
    const text = readFileSync(join(deploy, 'asterisk-prometheus.conf'), 'utf8');
    writeFileSync(join(config, 'prometheus.conf'), text.replace('CHANGE-ME', 'a-password-for-tests'));
    appendFileSync(join(config, 'modules.conf'), '\nload = res_prometheus.so\n');
    edit(config, 'extensions-hotline.conf', [[/Read\(KEY,.*\)/, 'Wait(20)\n same => n,Hangup()']]);
    return [];
  });
});
afterAll(() => asterisk.stop());

function read(password: string): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`prometheus:${password}`).toString('base64')}`;
  return fetch(`${asterisk.ari.url}/metrics`, { headers: { authorization } });
}

test('the shipped Asterisk does not load them', () => {
  const modules = readFileSync(join(import.meta.dirname, '../../asterisk-config/modules.conf'), 'utf8');
  expect(modules).not.toContain('prometheus');
});

test('they need the password', async () => {
  expect((await read('another')).status).toBe(401);
});

test('they count calls, name no caller, and the series that grow with calls are those that Prometheus drops', async () => {
  const samples = async () => (await (await read('a-password-for-tests')).text()).split('\n');
  const named = (lines: string[]) => new Set(lines.flatMap((line) => /^asterisk_\w+/.exec(line) ?? []));
  const before = await samples();
  expect(before).toContainEqual(expect.stringMatching(/^asterisk_calls_count\b.* 0$/));
  const call = await placeCall({ target: asterisk.sip, identity: { from: phone }, soundsDirectory });
  const during = await samples();
  expect(during).toContainEqual(expect.stringMatching(/^asterisk_calls_count\b.* 1$/));
  expect(during.join('\n')).not.toContain(phone.slice(1));
  await call.hangUp();
  // What has a series for each channel or bridge is named only while there is one.
  const perCall = [...named(during)].filter((name) => !named(before).has(name));
  expect(perCall.length).toBeGreaterThan(0);
  const example = parse(readFileSync(join(deploy, 'prometheus.example.yml'), 'utf8')) as {
    scrape_configs: { metric_relabel_configs?: { regex: string }[] }[];
  };
  const dropped = new RegExp(`^${example.scrape_configs[1]!.metric_relabel_configs![0]!.regex}$`);
  expect(perCall.filter((name) => !dropped.test(name))).toEqual([]);
});
