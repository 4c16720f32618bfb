import { readFile } from 'node:fs/promises'
import type { Client, ScheduleHandle } from '@temporalio/client'
import { z } from 'zod'
import { lastSeq } from '../../connectors/hub/records.ts'
import { rejectionsOf } from '../../connectors/hub/rejections.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { CategoriesReport, RunReport } from '../../contracts/reports.ts'
import { costOf, type ExecutionRef } from '../support/actions.ts'
import { type DemoEdit, defaultEdits } from './default-edits.ts'
import { expectThat } from './demo-error.ts'
import type { DemoStory } from './figures.ts'
import {
  countRecords,
  dumpOutputs,
  fingerprintOfCatalogue,
  orphansInFeed,
  outputsHeld,
  publishedSince,
} from './inspect.ts'
import type { Stage } from './stage.ts'

export interface DemoOptions {
  /** File with the edits to make; else some that fit any catalogue. */
  edits?: string | undefined
  /** Folder for load.ndjson and edits.ndjson, and the same for each further output. */
  dump?: string | undefined
  onProgress: (text: string) => void
}

const EditFile = z.array(
  z.object({
    resource: z.enum(['product', 'product-model', 'category']),
    code: z.string(),
    patch: z.record(z.string(), z.unknown()),
  }),
)

/**
 * The tour: categories, the first full load by the schedule's first tick, edits, the tick that carries them, a quiet tick, and a
 * full pass that must find nothing left behind. A figure that is not what it should be ends it with the reason.
 */
export async function runDemo(
  stage: Stage,
  { edits: editFile, dump, onProgress }: DemoOptions,
): Promise<DemoStory> {
  const { client, sql, connection, akeneo } = stage
  const all = stopwatch()

  onProgress('categories, parents before children …')
  const categoriesWatch = stopwatch()
  const categories = await initializeCategories(stage)
  const categoriesSeconds = categoriesWatch()

  onProgress('the first full load, started by the first tick of the schedule …')
  const loadWatch = stopwatch()
  const schedule = await stage.applySchedule()
  const firstTick = await tick(client, schedule)
  expectThat(
    firstTick.report.outcome === 'load started',
    `The first tick should start the load, but ended: ${firstTick.report.outcome}`,
  )
  const load = (await client.workflow
    .getHandle(workflowId(connection, 'load-products'))
    .result()) as RunReport
  const loadSeconds = loadWatch()
  expectThat(load.outcome.startsWith('done'), `The first full load ended: ${load.outcome}`)
  const akeneoRequests = akeneo.counters().calls
  const actions =
    (await costOf(client, categories.execution)).actions + (await costOf(client, firstTick.execution)).actions
  const outputs = await outputsHeld(sql, connection, stage.output)
  const [output = ''] = outputs
  const counts = await countRecords(sql, connection, output)
  const rejections = await rejectionsOf(sql, connection)
  const orphans = await orphansInFeed(sql, connection)
  expectThat(orphans.length === 0, `In the feed before their parents: ${orphans.slice(0, 5).join(', ')}`)
  if (dump !== undefined) await dumpOutputs(sql, connection, outputs, dump, 'load')

  const edits = editFile === undefined ? await defaultEdits(sql, connection) : await readEdits(editFile)
  onProgress(`${edits.length} edits in Akeneo, and the tick that carries them …`)
  const before = await lastSeq(sql, connection, output)
  akeneo.edit(edits)
  const editsWatch = stopwatch()
  await tick(client, schedule)
  const editsSeconds = editsWatch()
  const written = await publishedSince(sql, connection, output, before)
  if (dump !== undefined) await dumpOutputs(sql, connection, outputs, dump, 'edits')

  onProgress('a quiet poll …')
  const untouched = await fingerprintOfCatalogue(sql)
  const quiet = await tick(client, schedule)
  expectThat(quiet.report.published === 0, `The quiet poll published ${quiet.report.published} records`)
  expectThat(
    untouched === (await fingerprintOfCatalogue(sql)),
    'The quiet poll wrote to rows of the catalogue',
  )
  const { actions: emptyPollActions } = await costOf(client, quiet.execution)

  onProgress('a full pass, which must find nothing that the polls left behind …')
  await loadEverything(stage)
  const expected = await publishedSince(sql, connection, output, before)
  expectThat(
    expected.size === written.size,
    `The tick after the edits carried ${written.size} records, a full reading finds ${expected.size} that differ`,
  )
  return {
    figures: {
      categories: counts.categories,
      productModels: counts.productModels,
      products: counts.products,
      rejected: rejections.length,
      editsExpected: expected.size,
      editsWritten: written.size,
      emptyPollActions,
      actions,
      akeneoRequests,
      seconds: Number(all().toFixed(1)),
    },
    trees: categories.report.trees,
    edits: edits.length,
    seconds: { categories: categoriesSeconds, load: loadSeconds, edits: editsSeconds },
    refused: rejections.map(({ code, key, text, remedy }) => `${code ?? key}: ${text}. ${remedy}`),
    example: edits.find(({ resource }) => resource === 'product')?.code,
  }
}

export async function initializeCategories({ client, connection, taskQueue }: Stage) {
  const handle = await client.workflow.start(workflowTypes.initializeCategories, {
    workflowId: workflowId(connection, 'initialize-categories'),
    taskQueue,
    args: [{ connection }],
    staticSummary: `categories of ${connection}`,
  })
  const report = (await handle.result()) as CategoriesReport
  expectThat(report.outcome.startsWith('done'), `Categories ended: ${report.outcome}`)
  return { report, execution: { workflowId: handle.workflowId, runId: handle.firstExecutionRunId } }
}

/** Lets the schedule act now, as it would at its next time, and waits for the run that it starts. */
async function tick(
  client: Client,
  schedule: ScheduleHandle,
): Promise<{ report: RunReport; execution: ExecutionRef }> {
  const before = (await schedule.describe()).info.numActionsTaken
  await schedule.trigger('SKIP')
  for (;;) {
    const { numActionsTaken, recentActions } = (await schedule.describe()).info
    const action = recentActions.at(-1)?.action
    if (numActionsTaken > before && action) {
      const { workflowId: id, firstExecutionRunId: runId } = action.workflow
      return {
        report: (await client.workflow.getHandle(id, runId).result()) as RunReport,
        execution: { workflowId: id, runId },
      }
    }
  }
}

export async function loadEverything({ client, connection, taskQueue }: Stage): Promise<void> {
  const report = (await client.workflow.execute(workflowTypes.pollProducts, {
    workflowId: workflowId(connection, 'load-products'),
    taskQueue,
    args: [{ connection, mode: 'full' }],
    staticSummary: `full load of ${connection}`,
  })) as RunReport
  expectThat(report.outcome.startsWith('done'), `The full load ended: ${report.outcome}`)
}

async function readEdits(file: string): Promise<DemoEdit[]> {
  const parsed = EditFile.safeParse(JSON.parse(await readFile(file, 'utf8')))
  expectThat(
    parsed.success,
    `${file} is not a list of edits {resource, code, patch}: ${parsed.error?.message ?? ''}`,
  )
  return parsed.data
}

/** Seconds since it was made. */
function stopwatch(): () => number {
  const started = performance.now()
  return () => (performance.now() - started) / 1000
}
