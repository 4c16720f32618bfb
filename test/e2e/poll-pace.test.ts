import { afterEach, expect, it } from 'vitest'
import { applySchedules, describeSchedule } from '../../client/support/schedules.ts'
import { scheduleSights } from '../../client/support/schedule-sights.ts'
import { scheduleId } from '../../contracts/names.ts'
import { jitterOf, phaseOf } from '../../domain/schedule-phase.ts'
import { openPipeline, type Pipeline } from '../support/pipeline.ts'

const closes: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close()
})

const minutes = 60_000

/** A loaded pipeline with schedules, of which none starts anything by itself meanwhile. */
async function quiet(schedules: object): Promise<Pipeline> {
  const pipeline = await openPipeline({ settings: { schedules } })
  closes.push(() => pipeline.close())
  await pipeline.initializeCategories()
  await pipeline.load()
  await apply(pipeline)
  const id = scheduleId(pipeline.connection, 'poll')
  await pipeline.client.schedule.getHandle(id).pause('nothing by itself')
  closes.push(async () => {
    for (const name of ['poll', 'categories', 'reconcile', 'full'])
      await pipeline.client.schedule.getHandle(scheduleId(pipeline.connection, name)).delete()
  })
  return pipeline
}

function connectionOf({ config }: Pipeline) {
  const [connection] = config.connections
  if (!connection) throw new Error('The pipeline has no connection')
  return connection
}

/** What became of the schedule of polls. */
async function apply(pipeline: Pipeline): Promise<string | undefined> {
  const { client, taskQueue } = pipeline
  const applied = await applySchedules(client, connectionOf(pipeline), { taskQueue, by: 'test' })
  return applied.find(({ name }) => name === 'poll')?.applied
}

async function polls(pipeline: Pipeline, times: number): Promise<void> {
  for (let n = 0; n < times; n++)
    expect(await pipeline.poll()).toMatchObject({
      outcome: expect.stringMatching(/^done/) as string,
      published: 0,
    })
}

const scheduleOf = async ({ client, connection }: Pipeline) =>
  describeSchedule(client, scheduleId(connection, 'poll'))

it('polls that find nothing come ever more rarely, and as often as before with the first change', async () => {
  const pipeline = await quiet({ poll: '60m', pollQuiet: '3h' })
  await polls(pipeline, 5)
  expect((await scheduleOf(pipeline))?.spec.intervals).toMatchObject([{ every: 60 * minutes }])

  await polls(pipeline, 1)
  const longer = await scheduleOf(pipeline)
  const every = 120 * minutes
  const id = scheduleId(pipeline.connection, 'poll')
  expect(longer?.spec).toMatchObject({
    intervals: [{ every, offset: phaseOf(id, every) }],
    jitter: jitterOf(every),
  })
  expect(longer?.state).toMatchObject({ paused: true, note: 'nothing by itself' })
  const sights = await scheduleSights(pipeline.client, connectionOf(pipeline), pipeline.taskQueue)
  expect(sights.find(({ name }) => name === 'poll')).toMatchObject({
    starts: 'every 2 h while quiet, else every 60 min',
    state: 'paused',
  })

  await polls(pipeline, 6)
  expect((await scheduleOf(pipeline))?.spec.intervals).toMatchObject([{ every: 180 * minutes }])
  expect(await apply(pipeline)).toBe('unchanged')

  pipeline.akeneo.edit([
    {
      resource: 'product',
      code: 'NL-DL7-W',
      patch: { values: { release_date: [{ scope: null, locale: null, data: '2026-01-02' }] } },
    },
  ])
  expect((await pipeline.poll()).published).toBeGreaterThan(0)
  expect((await scheduleOf(pipeline))?.spec.intervals).toMatchObject([{ every: 60 * minutes }])
  expect((await scheduleOf(pipeline))?.action.memo).toEqual(longer?.action.memo)
}, 120_000)

it('polls come as often as they are told where nothing else is asked for', async () => {
  const pipeline = await quiet({ poll: '60m' })
  await polls(pipeline, 7)
  expect((await scheduleOf(pipeline))?.spec.intervals).toMatchObject([{ every: 60 * minutes }])
}, 60_000)
