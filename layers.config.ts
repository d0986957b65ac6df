/**
 * The layers of the house (README, "Where things are") and the one door of each package, checked by
 * `make lint`. For each folder of src/: the sibling folders it may import, and why no others. Files
 * directly in src/ are open to all, except serve.ts and cli.ts, which wire the layers together.
 */
import type { IConfiguration, IForbiddenRuleType } from 'dependency-cruiser';

const layers: Record<string, { may: string[]; why: string }> = {
  call: {
    may: [],
    why: 'what a flow can say to a caller knows no Asterisk, no SQL and no accounts, so that it runs against a fake',
  },
  registry: { may: [], why: 'the ports of the database know neither telephony nor SQL' },
  accounts: {
    may: ['registry'],
    why: 'the rules of a reset know no telephony and no SQL; they talk to the ports in registry/',
  },
  records: {
    may: ['registry', 'machine'],
    why: 'what is kept of a call reaches the database through the ports in registry/',
  },
  hotline: {
    may: ['call', 'accounts', 'registry', 'records'],
    why: 'the script of the call speaks through Call and the ports in registry/ only',
  },
  application: {
    may: ['hotline', 'call', 'registry', 'records', 'notifications', 'machine'],
    why: 'what runs around the calls reaches PBX and database through ports, as the calls do',
  },
  simulation: {
    may: ['hotline', 'call', 'accounts', 'registry', 'records'],
    why: 'a call without PBX and database runs the script of the real one on a line and a registry in memory, which stand behind the same ports',
  },
  asterisk: {
    may: ['call', 'machine'],
    why: 'the PBX adapter implements the ports of call/ and knows nothing of accounts',
  },
  mysql: {
    may: ['registry', 'accounts', 'machine'],
    why: 'the database adapter implements the ports of registry/ and knows nothing of calls',
  },
  doctor: {
    may: ['asterisk', 'mysql', 'notifications', 'recordings', 'accounts', 'machine'],
    why: 'an examination looks at PBX, database, gateway and recordings through their folders, and never at a call',
  },
  notifications: {
    may: ['mysql', 'machine'],
    why: 'telling owners what happened delivers what stands in the outbox of mysql/, and needs no call',
  },
  console: {
    may: ['registry', 'records', 'accounts', 'call', 'recordings', 'machine'],
    why: 'pages read through ports, and know neither SQL nor Asterisk; of recordings they know what can be listened to and how an upload is refused',
  },
  commands: {
    may: [
      'application',
      'asterisk',
      'mysql',
      'doctor',
      'notifications',
      'recordings',
      'sip-caller',
      'simulation',
      'local',
      'setup',
      'console',
      'accounts',
      'registry',
      'machine',
    ],
    why: 'a command asks one folder for its work, and says what came of it',
  },
  settings: {
    may: ['accounts', 'notifications', 'machine'],
    why: 'a setting is checked by the rule that will use it, and reads nothing itself',
  },
  recordings: { may: ['machine'], why: 'making and measuring sound files needs nothing of the calls' },
  'sip-caller': {
    may: ['recordings'],
    why: 'the scripted caller knows the hotline only by its sounds, as a person does',
  },
  local: {
    may: ['mysql', 'accounts', 'recordings', 'machine'],
    why: 'what `make run` starts talks to the application as a process, and only prepares its database (schema, demo citizens, a demo admin) and its store of recordings',
  },
  setup: {
    may: ['mysql', 'recordings', 'machine'],
    why: 'joining a PBX and a database to the package changes files, links to the recordings and asks the server for a database, and takes no call',
  },
  metrics: {
    may: ['registry'],
    why: 'what is counted hears of measurements (measured.ts) and is handed the rest, so that no layer knows metrics',
  },
  machine: { may: [], why: 'facts of this machine are read here, and judged by who asks' },
  timing: { may: [], why: 'delays and deadlines are the same for everybody, and know nobody' },
};

/** Folders that every other may import. */
const open = ['timing'];

/** Packages with one door into the house. */
const doors: Record<string, string[]> = {
  'ari-client': ['asterisk/'],
  'asterisk-manager': ['asterisk/'],
  mysql2: ['mysql/'],
  argon2: ['accounts/'],
  winston: ['logger.ts'],
  fastify: ['machine/http-server.ts'],
  '@prometheus-io/client': ['metrics/'],
};

/** Packages whose types are open to all: a Logger is handed down, and a route is written against a server. */
const openTypes = ['winston', 'fastify'];

const folders = Object.keys(layers);

const severity = 'error';

/** What may not be imported, checked for every folder and package above. */
const forbidden: IForbiddenRuleType[] = [
  {
    name: 'no-circles',
    severity,
    comment: 'Two files that need each other are one file, or hide a third that both should import.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'examples-may-be-missing',
    severity,
    comment:
      'examples/ is for developers and is not installed with the program: load it by import(), and go on without it.',
    from: { path: '^src/' },
    to: { path: '^examples/', dynamic: false },
  },
  {
    name: 'wiring',
    severity,
    comment:
      'serve.ts and cli.ts wire the layers together; nothing in a layer imports them, except the command that is serve.ts.',
    from: { path: '^src/[^/]+/', pathNot: '^src/commands/serve[.]ts$' },
    to: {
      path: '^src/(serve|serve-background|serve-console|serve-developer-pages|serve-health|serve-hotline|serve-metrics|serve-readiness|cli)[.]ts$',
    },
  },
  ...folders.map((folder): IForbiddenRuleType => {
    const { may, why } = layers[folder]!;
    const others = folders.filter((other) => ![folder, ...open, ...may].includes(other));
    return {
      name: `layer-${folder}`,
      severity,
      comment: `src/${folder}/ may not import this: ${why}.`,
      from: { path: `^src/${folder}/` },
      to: { path: `^src/(${others.join('|')})/` },
    };
  }),
  ...Object.entries(doors).map(([name, places]): IForbiddenRuleType => {
    const inside = places.map((place) => `src/${place}`);
    return {
      name: `door-${name}`,
      severity,
      comment: `Only ${inside.join(' and ')} may import ${name}; use what it exports.`,
      from: { path: '^src/', pathNot: inside.map((place) => `^${place}`) },
      to: {
        path: `(^|/)node_modules/${name}/`,
        ...(openTypes.includes(name) && { dependencyTypesNot: ['type-only'] }),
      },
    };
  }),
  {
    name: 'one-way-to-the-database',
    severity,
    comment:
      'Connect through Database or withConnection of src/mysql/database/, which verify the server and set up the session.',
    from: { path: '^src/', pathNot: '^src/mysql/database/' },
    to: { path: '(^|/)node_modules/mysql2/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'login-stands-alone',
    severity,
    comment:
      'examples/login/ is copied into programs that have nothing of the hotline: hand in what it needs besides mysql2, argon2 and fastify.',
    from: { path: '^examples/login/' },
    to: {
      pathNot: ['^examples/login/', '(^|/)node_modules/(mysql2|argon2|fastify)/'],
      dependencyTypesNot: ['core'],
    },
  },
];

const config: IConfiguration = {
  forbidden,
  options: {
    tsPreCompilationDeps: true, // circles of types count too
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
export default config;
