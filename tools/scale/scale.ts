/**
 * Measures what a call asks of the registry, and a start, by size; and an import beside the database's own loader. On a
 * MariaDB of its own, with MariaDB's settings. docs/performance.md says how to read it.
 *
 *     node tests/support/engine/with-docker-engine.ts node tools/scale/scale.ts --accounts 1,10,40 --rows 1,10,100
 *
 * All counts are in millions. It fills the schemas first: a minute for each million of both, and 1 GB, in an engine's
 * folder. `--fill <file>` only fills, writes where the server is, and keeps it until Ctrl-C; `--filled <file>` measures
 * there, with another `--seed` each time.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { describeCommit } from '../bench/machine.ts';
import { compareImport } from './load.ts';
import { measure } from './measure.ts';
import { readOptions } from './options.ts';
import type { ScaleResult } from './result.ts';
import { addSchema, schemaOf, startServer, withOwner, type Schema } from './server.ts';
import { renderScale } from './table.ts';

const begun = performance.now();
const say = (line: string) =>
  void process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${line}\n`);

const options = readOptions();
const nameOf = (index: number) => `scale_${index + 1}`;
if (options.filled !== null) {
  const urls = JSON.parse(readFileSync(options.filled, 'utf8')) as { url: string; applicationUrl: string };
  await run(options.sizes.map((size, index) => schemaOf(urls, nameOf(index), size)));
} else {
  const server = await startServer(options.memory);
  try {
    const schemas: Schema[] = [];
    for (const [index, size] of options.sizes.entries())
      schemas.push(await addSchema(server, nameOf(index), size, say));
    if (options.fill === null) await run(schemas);
    else await keep(options.fill, { url: server.url, applicationUrl: server.applicationUrl });
  } finally {
    await server.stop();
  }
}

async function run(schemas: readonly Schema[]): Promise<void> {
  const before = loadavg()[0]!;
  const measured = await measure(schemas, options, say);
  const after = loadavg()[0]!;
  const empty = schemaOf(schemas[0]!, 'hotline', { accounts: 0, rows: 0 });
  const gigabytes = await Promise.all(schemas.map(gigabytesOf));
  const result: ScaleResult = {
    command: `node tools/scale/scale.ts ${process.argv.slice(2).join(' ')}`.trim(),
    date: new Date().toISOString().slice(0, 10),
    machine: await describeMachine(schemas[0]!),
    ...{ rounds: options.rounds, seed: options.seed, load: { before, after } },
    sizes: schemas.map(({ accounts, rows }, index) => ({
      ...{ accounts, rows, gigabytes: gigabytes[index]!, measured: measured[index]! },
    })),
    imported: options.lines === 0 ? null : await compareImport(empty, options.lines, say),
  };
  writeFileSync(join(options.out, 'scale.json'), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(options.out, 'scale.md'), renderScale(result));
  process.stdout.write(renderScale(result));
}

async function keep(file: string, urls: object): Promise<void> {
  writeFileSync(file, JSON.stringify(urls), { mode: 0o600 });
  say(`filled; measure with --filled ${file}; Ctrl-C ends the server`);
  const interrupted = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.resolve());
  const alive = setInterval(() => undefined, 60_000);
  await interrupted.promise;
  clearInterval(alive);
}

function gigabytesOf(schema: Schema): Promise<number> {
  return withOwner(schema, async (connection) => {
    const [[row]] = await connection.query<RowDataPacket[]>(
      'SELECT SUM(data_length + index_length) / 1e9 AS gigabytes FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    return Math.round(Number(row!['gigabytes']) * 10) / 10;
  });
}

async function describeMachine(schema: Schema): Promise<Record<string, string>> {
  const [[server]] = await withOwner(schema, (connection) =>
    connection.query<RowDataPacket[]>(
      'SELECT VERSION() AS version, @@innodb_buffer_pool_size DIV 1048576 AS pool, @@innodb_log_file_size DIV 1048576 AS log',
    ),
  );
  const processors = cpus();
  return {
    processors: `${processors.length} × ${processors[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: `${type()} ${release()}`,
    Node: process.version,
    database: String(server!['version']),
    'its memory (`innodb_buffer_pool_size`)': `${server!['pool']} MiB`,
    'its log (`innodb_log_file_size`)': `${server!['log']} MiB`,
    commit: describeCommit(),
  };
}
