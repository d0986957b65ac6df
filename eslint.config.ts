import type { Linter } from 'eslint';
import tseslint from 'typescript-eslint';

/**
 * The layers (docs: "Where things are"). For each folder of src/, the sibling folders it may
 * import; everything else is refused with the reason. `serve.ts` and `cli.ts` wire them together.
 */
const layers: Record<string, { may: string[]; why: string }> = {
  call: { may: [], why: 'what a flow can say to a caller knows no Asterisk, no SQL and no accounts, so that it runs against a fake' },
  accounts: { may: [], why: 'the rules of a reset know no telephony and no SQL; they talk to the Registry port' },
  hotline: { may: ['call', 'accounts'], why: 'the script of the call speaks through Call and Registry only' },
  asterisk: { may: ['call'], why: 'the PBX adapter implements the ports of call/ and knows nothing of accounts' },
  mysql: { may: ['accounts', 'notifications'], why: 'the database adapter implements the ports of accounts/ and notifications/ and knows nothing of calls' },
  doctor: { may: ['asterisk', 'mysql', 'accounts'], why: 'an examination looks at PBX and database through their folders, and never at a call' },
  notifications: { may: ['accounts'], why: 'telling owners what happened needs no call and no SQL; it reads through the Outbox port' },
  web: { may: ['accounts'], why: 'health and metrics read through ports' },
  recordings: { may: [], why: 'making and measuring sound files needs nothing of the application' },
  caller: { may: ['recordings'], why: 'the scripted caller knows the hotline only by its sounds, as a person does' },
  local: { may: ['mysql'], why: 'what `make run` starts talks to the application as a process, and only prepares its database' },
};

/** Packages with one door into the house. */
const doors: Record<string, string> = {
  'ari-client': 'asterisk',
  'asterisk-manager': 'asterisk',
  mysql2: 'mysql',
  'mysql2/promise': 'mysql',
  argon2: 'accounts',
  winston: 'logger.ts',
};

const layerRules: Linter.Config[] = Object.entries(layers).map(([folder, { may, why }]) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error' as const,
      {
        paths: Object.entries(doors)
          .filter(([name, door]) => door !== folder && !(name === 'argon2' && folder === 'mysql'))
          .map(([name, door]) => ({ name, message: `Only src/${door} imports it; use what it exports.`, allowTypeImports: name === 'winston' })),
        patterns: [
          {
            group: Object.keys(layers)
              .filter((sibling) => sibling !== folder && !may.includes(sibling))
              .map((sibling) => `../${sibling}/*`),
            message: `src/${folder}/ may not import this: ${why}.`,
          },
          { group: ['../serve.ts', '../cli.ts'], message: 'These wire the layers together; nothing imports them.' },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['node_modules/', '.hotline/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-param-reassign': 'error',
      'no-control-regex': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // An async method that awaits nothing is how a fake or an early return keeps a port's promise.
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 220, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config.ts', 'src/local/**'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'config.ts is the only reader of the environment.' }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
    },
  },
  ...layerRules,
  {
    files: ['tests/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off', // expect.any() and friends are any
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }], // a table of cases is long, not deep
    },
  },
);
