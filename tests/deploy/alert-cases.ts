/** For each alert, time series that fire it and others, as close to them as they come, that do not. */

/** Values an interval apart, in promtool's notation: `0+5x30` is 0, 5, 10 … 150. */
type Series = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly fires: Series;
  /** The labels of the alert that fires, without severity. */
  readonly labels: Readonly<Record<string, string>>;
  readonly quiet: readonly Series[];
  /** When both are looked at. */
  readonly at: string;
  /** Between two values, and two evaluations of the rules. Default: a minute. */
  readonly interval?: string;
}

const job = 'instance="pbx-1",job="hotline"';
const pbx1 = { instance: 'pbx-1' };
const whole = { instance: 'pbx-1', job: 'hotline' };
const build = `hotline_build_info{${job},version="0.1.0"}`;
const up = { [`up{${job}}`]: '1x1100', [build]: '1x1100' };
const silences = (within1s: number, within3s: number, all: number): Series => {
  const of = (le: string) => `hotline_dead_air_seconds_bucket{${job},prompt="please-wait",le="${le}"}`;
  return { ...up, [of('1')]: `0+${within1s}x60`, [of('3')]: `0+${within3s}x60`, [of('+Inf')]: `0+${all}x60` };
};
const codes = (answer: string) =>
  `hotline_step_duration_seconds_count{${job},step="code",answer="${answer}"}`;
const ended = (outcome: string) => `hotline_calls_total{${job},kind="call",outcome="${outcome}"}`;
const refused = (reason: string) => `hotline_calls_refused_total{${job},reason="${reason}"}`;
const deadlines = (lane: string, pool = 'registry') => `hotline_database_deadlines_total{${job},pool="${pool}",lane="${lane}",why="deadline"}`; // prettier-ignore
const disk = (free: string, size: string): Series => ({
  ...up,
  [`hotline_journal_disk_free_bytes{${job}}`]: `${free}x60`,
  [`hotline_journal_disk_size_bytes{${job}}`]: `${size}x60`,
});
const menu = `hotline_menu_calls_total{${job},event="operator"}`;
const exits = `hotline_call_exits_total{${job},to="operator"}`;
/** A week and three hours in tens of minutes: so many in each, then so many. */
const week = (usual: number, then: number) => {
  const before = 7 * 24 * 6;
  return `0+${usual}x${before} ${usual * before}+${then}x18`;
};

export const alertCases: Readonly<Record<string, AlertCase>> = {
  HotlineDown: {
    at: '10m',
    fires: { [`up{${job}}`]: '1x15', [build]: '1x5 stale' }, // another program has the port by then
    labels: whole,
    quiet: [up, { [`up{${job}}`]: '1x8 0 1x10', [build]: '1x8 stale 1x10' }],
  },
  HotlineServesNobody: {
    at: '10m',
    fires: { ...up, [`hotline_part_ready{${job},part="registry"}`]: '1x5 0x10' },
    labels: { ...whole, part: 'registry' },
    quiet: [
      { ...up, [`hotline_part_ready{${job},part="registry"}`]: '1x8 0 1x10' },
      { ...up, [`hotline_part_ready{${job},part="admitting"}`]: '1x5 0x10' }, // a drain is meant
    ],
  },
  HotlineFaults: {
    at: '15m',
    fires: { ...up, [ended('fault')]: '0x5 2x20', [ended('interrupted')]: '0x5 2x20' },
    labels: pbx1,
    quiet: [
      { ...up, [ended('fault')]: '0x5 2x20', [ended('interrupted')]: '0x20' },
      { ...up, [ended('hung-up')]: '0+9x20' },
    ],
  },
  HotlineDeadAir: { at: '30m', fires: silences(1, 5, 5), labels: pbx1, quiet: [silences(5, 5, 5)] },
  HotlineCallsRefused: {
    at: '10m',
    fires: { ...up, [refused('all lines are busy')]: '0+1x20' },
    labels: { ...pbx1, reason: 'all lines are busy' },
    quiet: [
      { ...up, [refused('all lines are busy')]: '0x7 1x20' },
      { ...up, [refused('the application is being stopped')]: '0+9x20' },
    ],
  },
  HotlineMismatchWave: {
    at: '40m',
    fires: { ...up, [codes('mismatch')]: '0+5x60', [codes('match')]: '0+1x60' },
    labels: { ...pbx1, answer: 'mismatch' },
    quiet: [
      { ...up, [codes('mismatch')]: '0+5x60', [codes('match')]: '0+3x60' },
      { ...up, [codes('mismatch')]: '0+1x60', [codes('match')]: '0x60' },
    ],
  },
  HotlineOperatorsAskedFor: {
    at: '10200m',
    interval: '10m',
    fires: { ...up, [menu]: week(1, 10), [exits]: week(1, 10) },
    labels: pbx1,
    quiet: [
      { ...up, [menu]: week(5, 10), [exits]: week(5, 10) },
      { ...up, [menu]: week(0, 1), [exits]: week(0, 1) },
    ],
  },
  HotlineDatabaseDeadlines: {
    at: '10m',
    fires: { ...up, [deadlines('call')]: '0+2x20' },
    labels: { ...pbx1, why: 'deadline' },
    quiet: [
      { ...up, [deadlines('call')]: '0x7 2x20' },
      { ...up, [deadlines('background')]: '0+9x20' },
      { ...up, [deadlines('call', 'reports')]: '0+9x20', [deadlines('call', 'console')]: '0+9x20' },
    ],
  },
  HotlineRecordsWaiting: {
    at: '10m',
    fires: { ...up, [`hotline_records_waiting{${job}}`]: '101x20' },
    labels: whole,
    quiet: [{ ...up, [`hotline_records_waiting{${job}}`]: '100x20' }],
  },
  HotlineAriReconnects: {
    at: '15m',
    fires: { ...up, [`hotline_ari_connections_lost_total{${job}}`]: '0 1 2 3 4x20' },
    labels: whole,
    quiet: [{ ...up, [`hotline_ari_connections_lost_total{${job}}`]: '0x5 1x20' }],
  },
  HotlineEventLoopSlow: {
    at: '10m',
    fires: { ...up, [`nodejs_eventloop_lag_max_seconds{${job}}`]: '0.5x20', [`nodejs_eventloop_lag_p99_seconds{${job}}`]: '0.02x20' }, // prettier-ignore
    labels: whole,
    quiet: [
      { ...up, [`nodejs_eventloop_lag_p99_seconds{${job}}`]: '0.02x6 0.5 0.02x10' },
      { ...up, [`nodejs_eventloop_lag_max_seconds{${job}}`]: '0.2x20' },
      { ...up, 'nodejs_eventloop_lag_p99_seconds{instance="pbx-1",job="other"}': '1x20' },
    ],
  },
  HotlineHashQueue: {
    at: '10m',
    fires: { ...up, [`hotline_hashes_waiting{${job}}`]: '21x20' },
    labels: whole,
    quiet: [{ ...up, [`hotline_hashes_waiting{${job}}`]: '20x20' }],
  },
  HotlineOutboxLate: {
    at: '10m',
    fires: {
      ...up,
      [`hotline_outbox_oldest_waiting_seconds{${job}}`]: '601x20',
      [`hotline_outbox_gateway_set{${job}}`]: '1x20',
    },
    labels: whole,
    quiet: [
      {
        ...up,
        [`hotline_outbox_oldest_waiting_seconds{${job}}`]: '601x20',
        [`hotline_outbox_gateway_set{${job}}`]: '0x20',
      },
    ],
  },
  HotlineOutboxDead: {
    at: '10m',
    fires: { ...up, [`hotline_outbox_messages{${job},state="dead"}`]: '3x4 4x20' },
    labels: { ...whole, state: 'dead' },
    quiet: [
      { ...up, [`hotline_outbox_messages{${job},state="waiting"}`]: '0x4 1x20' },
      { ...up, [`hotline_outbox_messages{${job},state="dead"}`]: '4x20' }, // a day ago, or more
      { ...up, [`hotline_outbox_messages{${job},state="dead"}`]: '4x4 3x20' },
    ],
  },
  HotlineAuditUnsealed: {
    at: '10m',
    fires: { ...up, [`hotline_audit_unsealed_seconds{${job}}`]: '121x20' },
    labels: whole,
    quiet: [{ ...up, [`hotline_audit_unsealed_seconds{${job}}`]: '10x20' }],
  },
  HotlineJournalDiskFull: {
    at: '10m',
    fires: disk('4000000000', '100000000000'),
    labels: whole,
    quiet: [disk('6000000000', '100000000000')],
  },
};
