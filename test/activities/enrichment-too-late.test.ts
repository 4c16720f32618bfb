import { expect, it, vi } from 'vitest'
import type * as holds from '../../activities/enrichment/holds.ts'
import { failureOf } from '../connectors/akeneo/helpers.ts'
import { enriching, lineFor, patches, shown } from '../support/enriching.ts'
import { until } from '../support/until.ts'

/** Instead of the 25 s that a line may wait for its call. */
const sendWithinMs = 300

vi.mock('../../activities/enrichment/holds.ts', async (original) => ({
  ...(await original<typeof holds>()),
  sendWithinMs: () => sendWithinMs,
}))

it('a worker that waited for its lane until its lines may be another’s sends nothing, and gives them back', async () => {
  const run = await enriching()
  const lamp = await run.product('NL-DL9-B')
  await run.put(lineFor(lamp, { name: 'Late' }))
  // The look for edits is on its way when the lanes' table stops answering.
  run.akeneo.fault({ method: 'GET', path: '/api/rest/v1/products-uuid', delayMs: 500, count: 1 })
  const pushing = failureOf(run.push())
  const isLooking = () => run.akeneo.requests().some(({ path }) => path.endsWith('/products-uuid'))
  await until(() => Promise.resolve(isLooking()), 'the look is on its way')
  await run.sql.begin(async (tx) => {
    await tx`lock table lane in access exclusive mode`
    const isSent = async () => (await run.sql`select 1 from enrichment_line where state = 'sent'`).length > 0
    await until(isSent, 'the line is about to be sent')
    const since = Date.now()
    await until(() => Promise.resolve(Date.now() > since + sendWithinMs), 'it may not be sent any more')
  })
  expect(await pushing).toMatchObject({ code: 'too-late' })
  expect(patches(run)).toEqual([])
  expect(await run.sql`select state, attempts, holder from enrichment_line`).toEqual([
    { state: 'intended', attempts: 0, holder: null },
  ])
  expect(await run.push()).toMatchObject({ done: 1, more: false })
  expect((await shown(run, lamp.uuid))?.values['name']?.[0]?.data).toBe('Late')
})
