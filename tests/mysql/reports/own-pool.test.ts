/** Pages never count among the calls' work: their slowness is no alert for callers. */
import { listen } from '../../../src/measured.ts';
import { MysqlReports } from '../../../src/mysql/reports/mysql-reports.ts';

test('what pages ask of the database is measured under a name of its own', async () => {
  const pools: string[] = [];
  const stop = (['databaseWait', 'databaseWork'] as const).map((name) =>
    listen(name, ({ pool }) => pools.push(pool)),
  );
  const reports = new MysqlReports({ url: 'mysql://nobody@127.0.0.1:1/hotline' });
  await expect(reports.archive.nodes()).rejects.toThrow('the registry');
  await reports.end();
  for (const each of stop) each();
  expect(pools).toEqual(['reports', 'reports']);
});
