/**
 * What is measured, by Prometheus' conventions: https://prometheus.io/docs/practices/naming/. Labels take few values each, all of them
 * names and codes: never an id of a record, never an address with a query, never a secret.
 */
export const metrics = {
  requests: {
    name: 'pimflow_http_requests_total',
    kind: 'counter',
    labels: ['service', 'connection', 'method', 'status'],
    help: 'Requests that were answered, by status; what was not answered has the code of its error',
  },
  requestSeconds: {
    name: 'pimflow_http_request_duration_seconds',
    kind: 'histogram',
    labels: ['service', 'connection', 'method'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    help: 'From the first byte sent to the last received',
  },
  governorWaitSeconds: {
    name: 'pimflow_governor_wait_seconds',
    kind: 'histogram',
    labels: ['connection', 'kind', 'step'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    help: 'What calls waited for the right to be sent: for a lane, and in it for their turn',
  },
  governorRefusals: {
    name: 'pimflow_governor_refusals_total',
    kind: 'counter',
    labels: ['connection', 'code'],
    help: 'Calls that were put off: no lane was free, or the host had asked everybody to wait',
  },
  tokenGrants: {
    name: 'pimflow_token_grants_total',
    kind: 'counter',
    labels: ['connection', 'grant', 'status'],
    help: "Tokens that Akeneo was asked for, by refresh token or password, and the answer's status",
  },
  pages: {
    name: 'pimflow_pages_total',
    kind: 'counter',
    labels: ['connection', 'stream'],
    help: 'Pages that were read and stored',
  },
  records: {
    name: 'pimflow_records_total',
    kind: 'counter',
    labels: ['connection', 'stream', 'result'],
    help: 'Records of those pages: changed, unchanged or rejected',
  },
  deliveredEntries: {
    name: 'pimflow_delivered_entries_total',
    kind: 'counter',
    labels: ['connection', 'destination', 'outcome'],
    help: 'Entries of the feed that a destination took or refused',
  },
  pushLines: {
    name: 'pimflow_push_lines_total',
    kind: 'counter',
    labels: ['connection', 'stream', 'outcome'],
    help: 'Lines of enrichment by what became of them at Akeneo',
  },
  runs: {
    name: 'pimflow_runs_total',
    kind: 'counter',
    labels: ['connection', 'process', 'outcome'],
    help: 'Runs that ended, by how they ended',
  },
  pruned: {
    name: 'pimflow_pruned_rows_total',
    kind: 'counter',
    labels: ['connection', 'what'],
    help: 'What was forgotten because it is older than is kept: lines of the feed, runs, pages, plans, values of the ledger',
  },
  watermark: {
    name: 'pimflow_watermark_timestamp_seconds',
    kind: 'gauge',
    labels: ['connection'],
    help: 'Changes up to this instant are in the hub; the lag is time() minus it',
  },
  rejectedRecords: {
    name: 'pimflow_rejected_records',
    kind: 'gauge',
    labels: ['connection', 'reason'],
    help: 'Records that cannot be carried now, by reason',
  },
  heldApprovals: {
    name: 'pimflow_held_approvals',
    kind: 'gauge',
    labels: ['connection', 'kind'],
    help: 'What waits for the word of a person: plans to retire, mappings, emptied values',
  },
  lastRunFailed: {
    name: 'pimflow_last_run_failed',
    kind: 'gauge',
    labels: ['connection', 'process'],
    help: '1 where the last run of a process that ended has failed',
  },
  loginRefused: {
    name: 'pimflow_login_refused',
    kind: 'gauge',
    labels: ['connection'],
    help: '1 where Akeneo refused to log the connection in the last time it was asked',
  },
  undelivered: {
    name: 'pimflow_undelivered_entries',
    kind: 'gauge',
    labels: ['connection', 'output', 'destination'],
    help: 'Entries of the feed that a destination has not been sent yet',
  },
  refusedDeliveries: {
    name: 'pimflow_refused_deliveries',
    kind: 'gauge',
    labels: ['connection', 'output', 'destination'],
    help: 'Records that a destination has refused, or that wait for one of those',
  },
  creationRequests: {
    name: 'pimflow_creation_requests',
    kind: 'gauge',
    labels: ['connection', 'state'],
    help: 'Products that Icecat was asked for, by state',
  },
  waitingLines: {
    name: 'pimflow_enrichment_lines',
    kind: 'gauge',
    labels: ['connection', 'state'],
    help: 'Lines that wait to be sent to Akeneo, and those put aside because it refused them whole',
  },
  fairUse: {
    name: 'pimflow_icecat_sheets_this_month',
    kind: 'gauge',
    labels: ['account'],
    help: 'Sheets fetched from Icecat in this month',
  },
} as const satisfies Record<string, Definition>

interface Definition {
  name: string
  kind: 'counter' | 'gauge' | 'histogram'
  labels: readonly string[]
  /** Upper bounds, in the unit of the name. */
  buckets?: readonly number[]
  help: string
}

export type MetricName = keyof typeof metrics
type Named<Kind> = {
  [Name in MetricName]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never
}[MetricName]
export type CounterName = Named<'counter'>
export type GaugeName = Named<'gauge'>
export type HistogramName = Named<'histogram'>
export type Labels<Name extends MetricName> = Record<(typeof metrics)[Name]['labels'][number], string>

/** Where measurements go. */
export interface Meter {
  add(name: CounterName, value: number, labels: Record<string, string>): void
  set(name: GaugeName, value: number, labels: Record<string, string>): void
  observe(name: HistogramName, value: number, labels: Record<string, string>): void
}

let meter: Meter | null = null

/** Once per process, by whoever runs it; until then, and with null, nothing is kept. Where measurements go is no business of what measures. */
export function measureWith(to: Meter | null): void {
  meter = to
}

export function add<Name extends CounterName>(name: Name, labels: Labels<Name>, value = 1): void {
  if (value > 0) meter?.add(name, value, labels)
}

export function set<Name extends GaugeName>(name: Name, labels: Labels<Name>, value: number): void {
  meter?.set(name, value, labels)
}

export function observe<Name extends HistogramName>(name: Name, labels: Labels<Name>, value: number): void {
  meter?.observe(name, value, labels)
}
