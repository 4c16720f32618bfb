import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { metrics } from '../../connectors/telemetry/metrics.ts'
import { workflowTypes } from '../../contracts/names.ts'
import { freePort } from '../../local/ports.ts'
import { compose, projectRoot, readText } from '../packaging/files.ts'
import { deliverySecret, startDestination, type TestDestination } from '../support/destination.ts'
import { icecatSecrets, icecatSection } from '../support/icecat-account.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { workerProcesses, type WorkerProcesses } from '../support/worker-process.ts'
import { attributeOf, type Collector, pathOf, startCollector } from './collector.ts'
import { type Prometheus, prometheusProgram, promtool, startPrometheus } from './prometheus.ts'

const mappingText = readText('examples/mapping/northlamp.icecat.yaml')

let folder: string
let pipeline: Pipeline
let shop: TestDestination
let workers: WorkerProcesses
let collector: Collector
let address: string
let exposed = ''

/** A day of a worker: trees, a load, a poll, a delivery, an enrichment, an Akeneo that asks to go slower. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pimflow-telemetry-'))
  await writeFile(join(folder, 'acme.icecat.yaml'), mappingText)
  shop = await startDestination()
  shop.refuse = ({ kind }) => (kind === 'category' ? 'no categories here' : undefined)
  pipeline = await openPipeline({
    worker: false,
    settings: { destinations: [shop.settings] },
    icecat: { mapping: mappingText },
  })
  collector = await startCollector()
  address = `127.0.0.1:${await freePort()}`
  workers = await workerProcesses(
    pipeline,
    { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
    { retry: { initialIntervalMs: 20, maximumIntervalMs: 100 } },
    {
      sections: {
        destinations: [{ ...shop.settings, secret: '${SHOP_SECRET}' }],
        icecat: icecatSection({ url: pipeline.icecat?.url, mapping: join(folder, 'acme.icecat.yaml') }),
      },
      env: {
        PIMFLOW_METRICS_ADDRESS: address,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '200',
        SHOP_SECRET: deliverySecret,
        ...icecatSecrets,
      },
    },
  )
  // Of long ago, so that the end of a delivery has something to forget.
  await pipeline.database.sql`
    insert into run (connection, process, mode, workflow_id, workflow_run_id, started_at, finished_at, outcome)
    select ${pipeline.connection}, 'poll-products', 'delta', 'old', 'old-' || days, at, at, 'done'
    from generate_series(99, 100) as days, lateral (select now() - make_interval(days => days) as at) as of`
  await workers.start()
  await pipeline.initializeCategories()
  await pipeline.load()
  pipeline.akeneo.fault({ path: '/api/rest/v1/products-uuid', status: 429, retryAfter: 1, count: 1 })
  await pipeline.poll()
  await pipeline.enrich()
  const shown = async () => {
    exposed = await (await fetch(`http://${address}/metrics`)).text()
    return ['creation_requests', 'refused_deliveries', 'pruned_rows_total'].every((name) =>
      exposed.includes(`pimflow_${name}{`),
    )
  }
  await until(shown, 'the worker shows how its connections stand', 40_000)
}, 180_000)

afterAll(async () => {
  await workers.close()
  await pipeline.close()
  await collector.close()
  await shop.close()
  await rm(folder, { recursive: true, force: true })
})

const dashboard = JSON.parse(readText('dashboards/grafana/pimflow.json')) as {
  panels: { title: string; targets: { expr: string }[] }[]
}
const queries = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })))
const { groups } = parse(readText('dashboards/alerts.yml')) as {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string; remedy: string } }[] }[]
}
const alerts = groups.flatMap(({ rules }) => rules)

describe('metrics of a worker', () => {
  it('shows each metric that is defined, under its name and with its labels', () => {
    const missing = Object.values(metrics).filter(({ name, labels }) => {
      const line = new RegExp(`^${name}(_count)?\\{([^}]*)\\}`, 'm').exec(exposed)
      return line === null || !labels.every((label) => line[2]?.includes(`${label}="`))
    })
    // Nothing waits for a person in this run, and whether a call is put off is a matter of moments.
    const byTroubleOnly: string[] = [metrics.heldApprovals.name, metrics.governorRefusals.name]
    expect(missing.map(({ name }) => name).filter((name) => !byTroubleOnly.includes(name))).toEqual([])
  })

  it('counts what came: pages, products, rejections by reason, requests, 429s, tokens, lines', () => {
    const total = (pattern: RegExp) =>
      exposed
        .split('\n')
        .filter((line) => pattern.test(line))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    expect(total(/^pimflow_records_total\{.*result="changed".*stream="products"/)).toBeGreaterThan(200)
    expect(total(/^pimflow_pages_total\{.*stream="products"/)).toBeGreaterThan(2)
    expect(total(/^pimflow_rejected_records\{.*reason="unit-unknown"/)).toBe(1)
    expect(total(/^pimflow_http_requests_total\{.*service="akeneo".*status="429"/)).toBe(1)
    expect(total(/^pimflow_token_grants_total\{.*grant="password".*status="200"/)).toBe(1)
    expect(total(/^pimflow_push_lines_total\{.*outcome="written"/)).toBeGreaterThan(10)
    expect(total(/^pimflow_push_lines_total\{.*outcome="refused"/)).toBe(1)
    expect(total(/^pimflow_delivered_entries_total\{.*outcome="refused"/)).toBe(12)
    expect(total(/^pimflow_http_requests_total\{/)).toBe(
      total(/^pimflow_http_request_duration_seconds_count\{/),
    )
  })

  it('has no secret in it, and none of the series grows with the catalogue', () => {
    const ours = exposed.split('\n').filter((line) => line.startsWith('pimflow_'))
    for (const secret of [
      pipeline.akeneo.credentials.clientSecret,
      pipeline.akeneo.credentials.password,
      ...Object.values(icecatSecrets),
      deliverySecret,
      'NL-',
    ])
      expect(exposed).not.toContain(secret)
    expect(ours.length).toBeLessThan(600)
  })
})

describe('a trace of a run', () => {
  it('leads from the workflow over its activities to calls of Akeneo and statements', async () => {
    const paths = () => collector.spans.map((span) => pathOf(span, collector.spans).join(' > '))
    const found = (pattern: RegExp) => paths().some((path) => pattern.test(path))
    const run = workflowTypes.pollProducts
    const leads = (to: string) =>
      new RegExp(
        `RunWorkflow:${run} > StartActivity:transferRecords > RunActivity:transferRecords > (.* > )?${to}$`,
      )
    await until(() => Promise.resolve(found(leads('GET akeneo'))), 'a call is part of its run')
    await until(
      () => Promise.resolve(found(leads('transaction > update'))),
      'a statement is part of the transaction of its activity',
    )
  })

  it('shows statements without their values, calls without their query, and no secret', () => {
    const text = JSON.stringify(collector.spans)
    const statements = collector.spans.flatMap((span) => attributeOf(span, 'db.query.text') ?? [])
    expect(statements.some((statement) => statement.includes('?'))).toBe(true)
    for (const secret of [
      pipeline.akeneo.credentials.clientSecret,
      pipeline.akeneo.credentials.password,
      ...Object.values(icecatSecrets),
      'search_after',
      'NL-DL7-W',
    ])
      expect(text).not.toContain(secret)
  })
})

describe.skipIf(prometheusProgram === null)(
  'dashboard and alerts in Prometheus (skipped without: apt-get install prometheus)',
  () => {
    let prometheus: Prometheus
    beforeAll(async () => {
      prometheus = await startPrometheus(address)
      // A rate needs two samples.
      const scraped = async () =>
        (await prometheus.query('count_over_time(up{job="pimflow"}[1m]) > 4')).length > 0
      await until(scraped, 'Prometheus has asked the worker')
      await pipeline.poll()
      await until(
        async () =>
          (await prometheus.query('increase(pimflow_runs_total{process="poll-products"}[30s]) > 0')).length >
          0,
        'Prometheus has seen a poll',
      )
      await until(
        async () => (await prometheus.query('max(pimflow_undelivered_entries) == 0')).length > 0,
        'Prometheus has seen that all was delivered',
      )
    }, 60_000)
    afterAll(() => prometheus.close())

    it.each(queries)('$title: $expr', async ({ expr }) => {
      const expression = expr.replaceAll('$__rate_interval', '1m').replaceAll('$connection', '.*')
      const found = await prometheus.query(expression)
      // Nothing waits for a person in this run; the query is read all the same.
      if (!expr.startsWith('sum by (connection) (max by (connection, kind)')) expect(found).not.toEqual([])
    })

    it.each(alerts)('$alert can be evaluated, and is silent where all is well', async ({ alert, expr }) => {
      const firing = await prometheus.query(expr)
      const expected = ['PimflowDeliveriesRefused', 'PimflowLinesParked'].includes(alert) ? 1 : 0
      expect(firing).toHaveLength(expected)
    })
  },
)

/** What makes each alert fire, as promtool writes series: value, step and count, a sample a minute. */
const troubles: Record<string, { series: string; values: string }[]> = {
  PimflowNoWorker: [{ series: 'up{job="pimflow", instance="a"}', values: '0x120' }],
  PimflowLate: [{ series: 'pimflow_watermark_timestamp_seconds{connection="acme"}', values: '0x120' }],
  PimflowRunFailed: [
    { series: 'pimflow_last_run_failed{connection="acme", process="reconcile"}', values: '1x120' },
  ],
  PimflowRejectionsGrow: [
    { series: 'pimflow_rejected_records{connection="acme", reason="unit-unknown"}', values: '0+1x120' },
  ],
  PimflowWaitsForApproval: [
    { series: 'pimflow_held_approvals{connection="acme", kind="plan"}', values: '1x120' },
  ],
  PimflowLoginRefused: [{ series: 'pimflow_login_refused{connection="acme"}', values: '1x120' }],
  PimflowRefusesUs: [
    {
      series: 'pimflow_http_requests_total{service="akeneo", connection="acme", method="GET", status="403"}',
      values: '0+10x120',
    },
  ],
  PimflowThrottled: [
    {
      series: 'pimflow_http_requests_total{service="akeneo", connection="acme", method="GET", status="429"}',
      values: '0+60x120',
    },
  ],
  PimflowDeliveryStuck: [
    {
      series: 'pimflow_undelivered_entries{connection="acme", output="hub", destination="shop"}',
      values: '7x120',
    },
  ],
  PimflowDeliveriesRefused: [
    {
      series: 'pimflow_refused_deliveries{connection="acme", output="hub", destination="shop"}',
      values: '2x120',
    },
  ],
  PimflowLinesParked: [
    { series: 'pimflow_enrichment_lines{connection="acme", state="parked"}', values: '3x120' },
  ],
}

describe('alert rules', () => {
  it('each has a trouble that it is tested with, a sentence and a remedy', () => {
    expect(Object.keys(troubles)).toEqual(alerts.map(({ alert }) => alert))
    for (const { annotations } of alerts) {
      expect(annotations.summary).not.toBe('')
      expect(annotations.remedy).not.toBe('')
    }
  })

  it.skipIf(promtool === null).each(alerts)('$alert fires in its trouble', async ({ alert }) => {
    const file = join(folder, `${alert}.yml`)
    const test = {
      rule_files: [resolve(projectRoot, 'dashboards/alerts.yml')],
      tests: [
        {
          interval: '1m',
          input_series: troubles[alert],
          promql_expr_test: [
            {
              expr: `count(ALERTS{alertname="${alert}", alertstate="firing"})`,
              eval_time: '110m',
              exp_samples: [{ labels: '{}', value: 1 }],
            },
          ],
        },
      ],
    }
    await writeFile(file, JSON.stringify(test))
    // Its message names what came instead.
    expect(execFileSync(promtool ?? '', ['test', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS')
  })
})

it('Docker Compose gives Prometheus and Grafana what is in dashboards/', () => {
  expect(compose.services.prometheus.volumes).toContain('./dashboards:/etc/pimflow:ro')
  expect(compose.services.grafana.volumes).toEqual([
    './dashboards/grafana/provisioning:/etc/grafana/provisioning:ro',
    './dashboards/grafana:/etc/pimflow/dashboards:ro',
  ])
})
