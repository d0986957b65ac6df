/** Test groups that have a migrated database to themselves. */
import { migrate } from '../../../src/mysql/schema/migrate.ts';
import type { MysqlRegistry } from '../../../src/mysql/registry/mysql-registry.ts';
import { auditedRegistry, type AuditedRegistryOptions } from './audited-calls.ts';
import { RegistryOwner } from './database-registry.ts';
import { startDatabase, type Database, type DatabaseKind } from './databases.ts';
import { describeWithDatabase } from './describe-with-docker.ts';

/** A server with the schema and the application's rights, and no rows. Complete once the group's first `beforeAll` has run. */
export interface MigratedDatabase extends Database {
  readonly owner: RegistryOwner;
  /** As the application's user, who sees and may kill its own statements only. */
  readonly application: RegistryOwner;
  /** As `hotline serve` opens it. */
  readonly registry: MysqlRegistry;
  /** Opens another one; see {@link MigratedDatabase.endLater}. */
  openRegistry(options?: AuditedRegistryOptions & { readonly url?: string }): MysqlRegistry;
  /** Ends the resource with the test, or, if it was opened in `beforeAll`, with the group. */
  endLater<Resource extends Endable>(resource: Resource): Resource;
}

interface Endable {
  end(): Promise<void>;
}

/** Like `describe`, on a server of this kind that is migrated once for all its tests. */
export function describeWithRegistry(
  kind: DatabaseKind,
  title: string,
  tests: (database: MigratedDatabase) => void,
): void {
  describeWithDatabase(kind, title, () => {
    const database = {} as MigratedDatabase;
    const opened: Endable[] = [];
    let ofTheGroup = 0;
    const endFrom = (first: number) => Promise.all(opened.splice(first).map((each) => each.end()));
    const endLater = <Resource extends Endable>(resource: Resource): Resource => (
      opened.push(resource),
      resource
    );
    const openRegistry: MigratedDatabase['openRegistry'] = ({
      url = database.applicationUrl,
      ...options
    } = {}) => endLater(auditedRegistry(url, options));

    beforeAll(async () => {
      Object.assign(database, await startDatabase(kind));
      const { url, applicationUrl } = database;
      expect((await migrate(url, { applicationUrl })).warning).toBeNull();
      const [owner, application] = [url, applicationUrl].map((each) => endLater(new RegistryOwner(each)));
      Object.assign(database, { owner, application, endLater, openRegistry, registry: openRegistry() });
    });
    beforeEach(() => void (ofTheGroup = opened.length));
    afterEach(() => endFrom(ofTheGroup));
    afterAll(async () => {
      await endFrom(0);
      await database.stop?.();
    });

    tests(database);
  });
}
