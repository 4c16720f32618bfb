import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { temporal } from '@temporalio/proto'
import { checkTemporal } from '../../client/support/check-all.ts'
import { schemaState } from '../../connectors/hub/migrate.ts'
import type { CheckLine } from '../../domain/check-report.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { RunReport } from '../../contracts/reports.ts'
import { runCommand } from '../../local/run-command.ts'
import { findTemporalProgram } from '../../local/temporal-program.ts'
import { packageJson, readText } from '../packaging/files.ts'
import { type History, payloadTexts } from '../support/histories.ts'
import { committedPages } from '../support/hub-content.ts'
import { type Change, nextBuild, type NextBuild, nextMigration } from '../support/next-build.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'
import { until } from '../support/until.ts'
import { workerProcesses, type WorkerProcesses } from '../support/worker-process.ts'

/** Of this version, and of the next one, as docs/production.md calls them. */
const builds: Record<string, string> = {
  '0.1.0': packageJson.version,
  '0.2.0': `${packageJson.version}-next`,
}
const [thisBuild = '', otherBuild = ''] = Object.values(builds)

/** What is done otherwise in the next build: a step of a run before it reads, and one after it. */
const changes: Change[] = [
  { file: 'package.json', replace: `"version": "${thisBuild}"`, by: `"version": "${otherBuild}"` },
  { file: 'workflows/poll-products.ts', replace: '  log,\n', by: '  log,\n  patched,\n' },
  {
    file: 'workflows/poll-products.ts',
    replace: '    await carry()\n',
    by: `    if (patched('next build, before')) controls.show({ build: 'next' })
    await carry()
    if (patched('next build, after')) controls.show({ build: 'next' })\n`,
  },
]

/** Of the kinds that stand in the way of pages most: tables that each of them writes, and an index over what they wrote. */
const migration = `
  alter table transfer add column next_build text;
  alter table source_record add column next_build integer not null default 0;
  alter table hub_record alter column code set statistics 200;
  create index transfer_page_next_build on transfer_page (transfer, cursor);
`

/** Lines for an operator in the page on production. */
const documented = [...readText('docs/production.md').matchAll(/^ +(temporal worker deployment .+)$/gm)].map(
  ([, line = '']) => line,
)
const typed = new Set<string>()

/** Types the documented line that has all these words, for the deployment of the test. */
async function type(deployment: string, ...words: string[]): Promise<{ ok: boolean; output: string }> {
  const line = documented.find((one) => words.every((word) => one.split(' ').includes(word)))
  if (line === undefined) throw new Error(`docs/production.md has no line with ${words.join(' ')}`)
  typed.add(line)
  const [, ...args] = line
    .split(' ')
    .map((word) => (word === 'pimflow' ? deployment : (builds[word] ?? word)))
  return runCommand(await findTemporalProgram({}), args, {
    env: { ...process.env, TEMPORAL_ADDRESS: inject('temporalAddress') },
  })
}

/** A version is known once its workers have asked for work. */
const typeUntilDone = (deployment: string, ...words: string[]) =>
  until(async () => (await type(deployment, ...words)).ok, `${words.join(' ')} is done`)

const processesOf = (pipeline: Pipeline, settings: object = {}): Promise<WorkerProcesses> =>
  workerProcesses(
    pipeline,
    { address: inject('temporalAddress'), workflowBundle: inject('workflowBundleCode') },
    settings,
    { env: { TEMPORAL_DEPLOYMENT_NAME: pipeline.connection } },
  )

const startLoad = ({ client, connection, taskQueue }: Pipeline) =>
  client.workflow.start(workflowTypes.pollProducts, {
    workflowId: workflowId(connection, 'load-products'),
    taskQueue,
    args: [{ connection, mode: 'full' }],
  })

/** The builds that did a run's steps, each once in a row. */
const buildsIn = ({ events }: History): string[] =>
  (events ?? [])
    .flatMap(({ workflowTaskCompletedEventAttributes: done }) => done?.deploymentVersion?.buildId ?? [])
    .filter((build, index, all) => build !== all[index - 1])

/** The process of a worker, with the moment, for each activity of a run. */
const activitiesIn = ({ events }: History): { pid: number; at: number }[] =>
  (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started, eventTime }) =>
    started ? [{ pid: Number(started.identity?.split('@')[0]), at: millisecondsOf(eventTime) }] : [],
  )

const millisecondsOf = (time: temporal.api.history.v1.IHistoryEvent['eventTime']) =>
  Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6

const workerLine = async ({ taskQueue }: Pipeline): Promise<CheckLine | undefined> => {
  const address = inject('temporalAddress')
  const place = { address, namespace: 'default', taskQueue, webUrl: '', connectionOptions: { address } }
  return (await checkTemporal(place)).find(({ name }) => name === 'worker')
}

const lastPoll = ({ client, connection }: Pipeline) =>
  client.workflow.getHandle(workflowId(connection, 'poll-products')).fetchHistory()

describe('new workers that take a load over from old ones, with other tables', () => {
  const products = 3000
  let pipeline: Pipeline
  let next: NextBuild
  let workers: WorkerProcesses
  let oldWorker: ChildProcess
  let newWorker: ChildProcess
  let beforeAny: CheckLine | undefined
  let afterFirst: CheckLine | undefined
  let switchedAt: number
  let exitCode: number | null
  let pagesByOld: number
  let report: RunReport
  let history: History

  beforeAll(async () => {
    next = await nextBuild(changes, migration)
    pipeline = await openPipeline({ akeneo: { shape: `small:${products}` }, worker: false })
    workers = await processesOf(pipeline, { timeoutMs: 15_000 })
    oldWorker = await workers.start()
    await until(
      async () => (await workerLine(pipeline))?.text.includes('stand by') === true,
      'the version is known',
    )
    beforeAny = await workerLine(pipeline)
    await typeUntilDone(pipeline.connection, 'set-current-version', '0.1.0')
    afterFirst = await workerLine(pipeline)
    await pipeline.initializeCategories()
    pipeline.akeneo.resetRequests()
    // Until the old worker is gone: the load is in the middle by then.
    pipeline.akeneo.fault({ path: '/api/rest/v1/products-uuid*', delayMs: 6000 })
    const load = await startLoad(pipeline)
    await until(async () => (await committedPages(pipeline)) >= 2, 'the load is under way')
    newWorker = await workers.start(next)
    const before = await committedPages(pipeline)
    await until(
      async () => (await committedPages(pipeline)) >= before + 2,
      'the old worker works on new tables',
    )
    pagesByOld = await committedPages(pipeline)
    switchedAt = Date.now()
    await typeUntilDone(pipeline.connection, 'set-current-version', '0.2.0')
    exitCode = await workers.stop(oldWorker)
    pipeline.akeneo.clearFaults()
    report = (await load.result()) as RunReport
    history = await load.fetchHistory()
  }, 300_000)

  afterAll(async () => {
    await workers.close()
    await pipeline.close()
    await next.remove()
  })

  it('are told apart by `pimflow check`, which says what gives them work', () => {
    expect(beforeAny).toEqual({
      name: 'worker',
      status: 'warning',
      text: `No worker takes work from the queue ${pipeline.taskQueue}: those of version ${thisBuild} stand by, because workers without a version get it`,
      remedy: `Start such workers, or: temporal worker deployment set-current-version --deployment-name ${pipeline.connection} --build-id ${thisBuild} --yes`,
    })
    expect(afterFirst).toMatchObject({ status: 'ok' })
  })

  it('find a load in the middle', async () => {
    expect(pagesByOld).toBeGreaterThanOrEqual(4)
    expect(await committedPages(pipeline)).toBeGreaterThan(pagesByOld + 4)
  })

  it('get no work before they are current, and all of it afterwards', () => {
    const activities = activitiesIn(history)
    expect(new Set(activities.map(({ pid }) => pid))).toEqual(new Set([oldWorker.pid, newWorker.pid]))
    for (const { pid, at } of activities)
      if (pid === newWorker.pid) expect(at).toBeGreaterThanOrEqual(switchedAt)
    expect(activities.at(-1)?.pid).toBe(newWorker.pid)
    expect(buildsIn(history)).toEqual([thisBuild, otherBuild])
  })

  it('let the old one end by itself', () => expect(exitCode).toBe(0))

  it('go on with the run where it was, by the old way where it had passed', () => {
    const texts = payloadTexts(history).join('\n')
    expect(texts).toContain('next build, after')
    expect(texts).not.toContain('next build, before')
  })

  it('lose nothing and double nothing', async () => {
    expect(report.outcome).toBe('done')
    expect(report.streams['products']?.read).toBe(products)
    const [row] = await pipeline.database.sql<{ doubles: number }[]>`
      select count(*)::int as doubles from (
        select from transfer_page group by transfer, cursor having count(*) > 1
      ) as twice`
    expect(row?.doubles).toBe(0)
  })

  it('have brought the tables forward, which old ones refuse from then on', async () => {
    expect(await schemaState(pipeline.database.sql)).toEqual({ missing: [], unknown: [nextMigration] })
    await expect(workers.start()).rejects.toThrow(
      `migrations that this version of pimflow does not know (${nextMigration})`,
    )
  })

  it('do what comes later: all is read again, and nothing is found', async () => {
    const again = await pipeline.load()
    expect(again).toMatchObject({ outcome: 'done', published: 0 })
    expect(again.streams['products']).toMatchObject({ read: products, changed: 0 })
    const { client, connection } = pipeline
    const loaded = await client.workflow.getHandle(workflowId(connection, 'load-products')).fetchHistory()
    expect(buildsIn(loaded)).toEqual([otherBuild])
    expect(payloadTexts(loaded).join('\n')).toContain('next build, before')
  }, 120_000)
})

describe('going to versions, on and back', () => {
  let pipeline: Pipeline
  let next: NextBuild
  let workers: WorkerProcesses

  beforeAll(async () => {
    next = await nextBuild(changes)
    pipeline = await openPipeline({ worker: false })
    workers = await processesOf(pipeline)
    await workers.start({ env: { TEMPORAL_DEPLOYMENT_NAME: '' } })
    await pipeline.initializeCategories()
    await pipeline.load()
  }, 120_000)

  afterAll(async () => {
    await workers.close()
    await pipeline.close()
    await next.remove()
  })

  const buildOfPoll = async () => {
    expect((await pipeline.poll()).outcome).toMatch(/^done/)
    return buildsIn(await lastPoll(pipeline))
  }

  it('leaves work with workers without a version, until one is current', async () => {
    await workers.start()
    const { connection } = pipeline
    expect(await workerLine(pipeline)).toMatchObject({ status: 'ok' })
    await until(
      async () => (await type(connection, 'describe')).output.includes(thisBuild),
      'the version is known',
    )
    expect(await buildOfPoll()).toEqual([])
    await typeUntilDone(connection, 'set-current-version', '0.1.0')
    await until(async () => (await buildOfPoll()).includes(thisBuild), 'work goes to the version')
  }, 60_000)

  it('tries the next one with a part, goes on to it, and back', async () => {
    const { connection } = pipeline
    await workers.start(next)
    await typeUntilDone(connection, 'set-ramping-version', '0.2.0')
    expect((await type(connection, 'describe')).output).toContain(otherBuild)
    await typeUntilDone(connection, 'set-current-version', '0.2.0')
    await until(async () => (await buildOfPoll()).includes(otherBuild), 'work goes to the next version')
    await typeUntilDone(connection, 'set-current-version', '0.1.0')
    await until(async () => (await buildOfPoll()).includes(thisBuild), 'work goes back')
  }, 60_000)

  it('leaves a run standing that went through what the old one does not know, until the new one is back', async () => {
    const { connection, akeneo } = pipeline
    await typeUntilDone(connection, 'set-current-version', '0.2.0')
    akeneo.fault({ path: '/api/rest/v1/products-uuid*', delayMs: 1000 })
    const before = await committedPages(pipeline)
    const load = await startLoad(pipeline)
    await until(async () => (await committedPages(pipeline)) > before, 'the load is under way')
    await typeUntilDone(connection, 'set-current-version', '0.1.0')
    akeneo.clearFaults()
    const failedTasks = async () =>
      (await load.fetchHistory()).events?.filter((event) => event.workflowTaskFailedEventAttributes) ?? []
    await until(async () => (await failedTasks()).length > 0, 'a workflow task fails')
    await typeUntilDone(connection, 'set-current-version', '0.2.0')
    expect(((await load.result()) as RunReport).outcome).toMatch(/^done/)
  }, 90_000)

  it('is documented by lines that were typed here', () => {
    expect(documented.length).toBeGreaterThan(3)
    expect([...typed].sort()).toEqual([...new Set(documented)].sort())
  })
})
