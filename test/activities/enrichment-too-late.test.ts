import { expect, it, vi } from 'vitest'
import type * as holds from '../../activities/enrichment/holds.ts'
import { putFiles } from '../../connectors/hub/enrichment/files.ts'
import { FULL_CONTENT_TOKEN } from '../../simulator/icecat/index.ts'
import { failureOf } from '../connectors/akeneo/helpers.ts'
import { icecat as startIcecat } from '../simulator/icecat/helpers.ts'
import { type Enriching, enriching, lineFor, patches, shown } from '../support/enriching.ts'
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

it.each([
  ['uploads', '/assets/img/gallery/1.jpg'],
  ['takes away', null],
])('a worker that waited for its lane until its file was another’s %s nothing', async (_, content) => {
  const icecat = await startIcecat({ assetsNeedToken: true })
  const run = await enriching({ icecat: { url: icecat.url, contentToken: FULL_CONTENT_TOKEN } })
  const lamp = await run.product('NL-DL7-B')
  await run.sql.begin((tx) =>
    putFiles(tx, run.connection, BigInt(run.runId), [
      {
        ...{ stream: 'products', key: lamp.uuid, product: lamp.uuid, icecatId: '1' },
        ...{ place: 'image  ', attribute: 'image', locale: null, scope: null },
        base: String(lamp.values['image']?.[0]?.data),
        assetKey: content ?? '',
        asset: content === null ? null : picture(`${icecat.url}${content}`),
      },
    ]),
  )
  run.akeneo.fault({ method: 'GET', path: '/api/rest/v1/products-uuid', delayMs: 500, count: 1 })
  const uploading = run.upload()
  await until(() => Promise.resolve(run.akeneo.requests().length > 0), 'what stands there is being read')
  await run.sql.begin(async (tx) => {
    await tx`lock table lane in access exclusive mode`
    const isTried = async () => (await run.sql`select 1 from enrichment_file where attempts > 0`).length > 0
    await until(isTried, 'the file is about to be placed')
    const since = Date.now()
    await until(() => Promise.resolve(Date.now() > since + sendWithinMs), 'it may not be sent any more')
    await run.sql`update enrichment_file set holder = gen_random_uuid(), held_until = 'infinity'`
  })
  expect(await uploading).toMatchObject({ done: 0 })
  expect(writes(run)).toEqual([])
  await run.sql`update enrichment_file set held_until = '-infinity'`
  expect(await run.upload()).toMatchObject({ done: 1, more: false })
  expect(writes(run)).toHaveLength(1)
})

const picture = (url: string) => ({
  ...{ id: '1', url, kind: 'image' as const, type: 'ProductImage', contentType: 'image/jpeg' },
  ...{ size: null, language: null, updated: null },
})

const writes = ({ akeneo }: Enriching) => akeneo.requests().filter(({ method }) => method !== 'GET')
