/** Adds numbers to those that are there. */
import type { Session } from './session.ts';

/** A table of sums. */
export interface SumsTable<Key extends string, Sum extends string> {
  readonly name: string;
  /** The columns of its primary key, with their types. */
  readonly key: Readonly<Record<Key, string>>;
  /** Columns of whole numbers that are added up. */
  readonly sums: readonly Sum[];
}

type Addend<Key extends string, Sum extends string> = Readonly<
  Record<Key, string | number> & Record<Sum, number>
>;

/** Adds all of these, at least one, in one statement: rows with the same key are one row of the table. */
export async function addUp<Key extends string, Sum extends string>(
  session: Session,
  { name, key, sums }: SumsTable<Key, Sum>,
  addends: readonly NoInfer<Addend<Key, Sum>>[],
): Promise<void> {
  const keys = Object.keys(key) as Key[];
  const byKey = Map.groupBy(addends, (addend) => JSON.stringify(keys.map((column) => addend[column])));
  // In one order, so that two of these wait for each other and do not lock each other out.
  const rows = [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, [first, ...others]]) => [
      ...keys.map((column) => first![column]),
      ...sums.map((column) => others.reduce((sum, each) => sum + each[column], first![column] as number)),
    ]);
  const types = [...keys.map((column) => key[column]), ...sums.map(() => 'BIGINT')];
  const columns = [...keys, ...sums];
  const read = columns.map((column, index) => `${column} ${types[index]} PATH '$[${index}]'`);
  // JSON keeps the statement the same for any number of rows.
  await session.change(
    `INSERT INTO ${name} (${columns.join(', ')})
     SELECT ${columns.map((column) => `added.${column}`).join(', ')} FROM JSON_TABLE(?, '$[*]' COLUMNS (${read.join(', ')})) AS added
     ON DUPLICATE KEY UPDATE ${sums.map((column) => `${column} = ${name}.${column} + added.${column}`).join(', ')}`,
    [JSON.stringify(rows)],
  );
}
