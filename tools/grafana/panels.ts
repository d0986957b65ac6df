/** What the dashboard shows: rows of panels, each with its unit and its queries. */

export interface Panel {
  readonly title: string;
  /** What an admin should know to read it. */
  readonly description: string;
  /** As Grafana names units. */
  readonly unit: string;
  readonly stacked?: true;
  /** By legend, in Grafana's notation, its PromQL. */
  readonly queries: Readonly<Record<string, string>>;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Of the instances that are chosen at the top. */
const chosen = 'instance=~"$instance"';
/** The growth per second of a counter. */
const rate = (counter: string, labels = '') => `rate(${counter}{${chosen}${labels}}[$__rate_interval])`;
const perMinute = (by: string, counter: string, labels = '') =>
  `60 * sum by (${by}) (${rate(counter, labels)})`;
const quantile = (share: number, histogram: string, by: readonly string[] = [], labels = '') =>
  `histogram_quantile(${share}, sum by (${[...by, 'le'].join(', ')}) (${rate(`${histogram}_bucket`, labels)}))`;
const now = (gauge: string, labels = '') => `${gauge}{${chosen}${labels}}`;

const calls: Row = {
  title: 'Calls',
  panels: [
    {
      title: 'Calls a minute, by how they ended',
      description: 'Outcomes are those of the audit log. Calls that end in the menu are not among them.',
      unit: 'short',
      stacked: true,
      queries: { '{{outcome}}': perMinute('outcome', 'hotline_calls_total') },
    },
    {
      title: 'Calls now',
      description: 'Beyond the line at the top (MAX_CALLS) callers hear that all lines are busy.',
      unit: 'short',
      queries: {
        '{{instance}}': now('hotline_calls'),
        'at most, {{instance}}': now('hotline_calls_max'),
      },
    },
    {
      title: 'Sent back a minute',
      description: 'Calls that were not taken, by why. A drain is meant; the others are not.',
      unit: 'short',
      queries: { '{{reason}}': perMinute('reason', 'hotline_calls_refused_total') },
    },
    {
      title: 'Asked for a person, an hour',
      description: 'In the menu of the dialplan, which is counted a few minutes late, and in branch 8.',
      unit: 'short',
      queries: {
        menu: `sum(increase(hotline_menu_calls_total{${chosen},event="operator"}[1h]))`,
        'branch 8': `sum(increase(hotline_call_exits_total{${chosen},to="operator"}[1h]))`,
      },
    },
    {
      title: 'In the menu, a minute',
      description: 'What callers did in the menu who did not reach the application; a few minutes late.',
      unit: 'short',
      stacked: true,
      queries: { '{{event}}': perMinute('event', 'hotline_menu_calls_total') },
    },
    {
      title: 'Codes a minute, by answer',
      description: 'A wave of mismatches is somebody who guesses, or an import that went wrong.',
      unit: 'short',
      queries: {
        '{{answer}}': perMinute('answer', 'hotline_step_duration_seconds_count', ',step="code"'),
      },
    },
    {
      title: 'Limits met, an hour',
      description: 'Calls that met a limit across calls (docs/settings.md, Limits).',
      unit: 'short',
      queries: { '{{limit}}': `sum by (limit) (increase(hotline_limits_met_total{${chosen}}[1h]))` },
    },
    {
      title: 'Length of calls',
      description: 'From the arrival at branch 8 to the end.',
      unit: 's',
      queries: {
        median: quantile(0.5, 'hotline_call_duration_seconds', [], ',kind="call"'),
        '90 %': quantile(0.9, 'hotline_call_duration_seconds', [], ',kind="call"'),
      },
    },
  ],
};

const waits: Row = {
  title: 'What callers wait for',
  panels: [
    {
      title: 'Silence after the code',
      description:
        'From the last key until "please wait" is heard. Beyond 3 s callers take the line for dead.',
      unit: 's',
      queries: Object.fromEntries(
        [0.5, 0.9, 0.99].map((share) => [
          `${share * 100} %`,
          quantile(share, 'hotline_dead_air_seconds', [], ',prompt="please-wait"'),
        ]),
      ),
    },
    {
      title: 'Answers of the database in calls, 95 %',
      description: 'By step: the opening of the call, a code, a reset.',
      unit: 's',
      queries: {
        '{{step}}': quantile(0.95, 'hotline_step_duration_seconds', ['step'], ',step=~"opening|code|reset"'),
      },
    },
    {
      title: 'Requests to Asterisk, 95 %',
      description: 'The slowest operations, with the wait for a connection.',
      unit: 's',
      queries: {
        '{{operation}}': `topk(5, ${quantile(0.95, 'hotline_ari_request_duration_seconds', ['operation'])})`,
      },
    },
    {
      title: 'Hashes of passwords, 95 %',
      description: 'Made while the caller keys the code, so that a wait below some seconds is not heard.',
      unit: 's',
      queries: {
        'waited for a processor': quantile(0.95, 'hotline_hash_wait_seconds'),
        hashing: quantile(0.95, 'hotline_hash_duration_seconds'),
      },
    },
  ],
};

const parts: Row = {
  title: 'What calls need',
  panels: [
    {
      title: 'Parts that would serve a caller',
      description: '1 where /readyz says so.',
      unit: 'short',
      queries: { '{{part}} {{instance}}': now('hotline_part_ready') },
    },
    {
      title: 'Asterisk',
      description: 'Lost connections an hour, requests that failed a minute, and the age of the last pong.',
      unit: 'short',
      queries: {
        'lost, an hour': `sum(increase(hotline_ari_connections_lost_total{${chosen}}[1h]))`,
        'failed, a minute': `60 * sum(${rate('hotline_ari_request_failures_total')})`,
        'steps of calls that failed, a minute': `60 * sum(${rate('hotline_pbx_faults_total')})`,
        'pong, s, {{instance}}': now('hotline_ari_pong_age_seconds'),
      },
    },
    {
      title: 'Work with the database, 95 %',
      description: 'By pool of connections, with its waits.',
      unit: 's',
      queries: {
        '{{pool}} {{lane}}': quantile(0.95, 'hotline_database_work_seconds', ['pool', 'lane']),
        'waited for a connection, {{pool}}': quantile(0.95, 'hotline_database_wait_seconds', ['pool']),
      },
    },
    {
      title: 'Given up by the database, a minute',
      description: 'Deadlines met, no connection in time, and other failures.',
      unit: 'short',
      queries: {
        '{{pool}} {{why}}': perMinute('pool, why', 'hotline_database_deadlines_total'),
        'failed {{pool}}': perMinute('pool', 'hotline_database_failures_total'),
      },
    },
    {
      title: 'What waits to be written',
      description: 'Rows of calls for the database, and messages to owners; "dead" were given up.',
      unit: 'short',
      queries: {
        'rows {{instance}}': now('hotline_records_waiting'),
        'messages {{state}}': `max by (state) (${now('hotline_outbox_messages')})`,
      },
    },
    {
      title: 'Age of what waits',
      description: 'The oldest message to an owner, and the oldest audit row without a seal.',
      unit: 's',
      queries: {
        message: `max(${now('hotline_outbox_oldest_waiting_seconds')})`,
        'audit row': `max(${now('hotline_audit_unsealed_seconds')})`,
      },
    },
  ],
};

const process: Row = {
  title: 'The process and its machine',
  panels: [
    {
      title: 'Event loop',
      description: 'What holds it up holds up every call: the longest, and 99 % of the looks at it.',
      unit: 's',
      queries: {
        '{{instance}}, longest': now('nodejs_eventloop_lag_max_seconds', ',job="hotline"'),
        '{{instance}}, 99 %': now('nodejs_eventloop_lag_p99_seconds', ',job="hotline"'),
      },
    },
    {
      title: 'Processor',
      description: 'Of one core.',
      unit: 'percentunit',
      queries: { '{{instance}}': rate('process_cpu_seconds_total', ',job="hotline"') },
    },
    {
      title: 'Memory',
      description: 'Of the application, without the database and Asterisk.',
      unit: 'bytes',
      queries: { '{{instance}}': now('process_resident_memory_bytes', ',job="hotline"') },
    },
    {
      title: 'Hashes that wait',
      description: 'More than a few: too few processors for the calls.',
      unit: 'short',
      queries: { '{{instance}}': now('hotline_hashes_waiting') },
    },
    {
      title: 'Room on the disk of the journal',
      description: 'Without room a call whose process dies leaves no trace.',
      unit: 'bytes',
      queries: { '{{instance}}': now('hotline_journal_disk_free_bytes') },
    },
    {
      title: 'Version, and drains',
      description: 'Which version runs since when; 1 while it takes no more calls.',
      unit: 'short',
      queries: {
        '{{instance}} {{version}}': now('hotline_build_info'),
        'draining {{instance}}': now('hotline_draining'),
      },
    },
  ],
};

export const rows: readonly Row[] = [calls, waits, parts, process];
