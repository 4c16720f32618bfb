import { afterEach, describe, expect, it } from 'vitest'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { EnrichmentReport } from '../../contracts/reports.ts'
import { gate } from '../client/stubs.ts'
import { apiOf } from '../simulator/api.ts'
import {
  dataAt,
  findingsOf,
  loadedPipeline,
  northlampMapping,
  productOf,
  recordOf,
} from '../support/icecat-shop.ts'
import type { Pipeline, PipelineOptions } from '../support/pipeline.ts'
import { rewritingProxy, type RewritingProxy, sentTo } from '../support/rewriting-proxy.ts'
import { until } from '../support/until.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

/** Short, so that what a dead worker held is free again soon. */
const timeouts = { timeoutMs: 1500 }

/** Behind a proxy that sees each line. */
async function watched(
  options: PipelineOptions = {},
): Promise<{ pipeline: Pipeline; proxy: RewritingProxy }> {
  const proxy = await rewritingProxy()
  open.push(proxy)
  const pipeline = await loadedPipeline(
    {
      ...options,
      settings: { ...options.settings, akeneo: { url: proxy.url, ...options.settings?.akeneo } },
    },
    (started) => {
      open.push(started)
      proxy.target = started.akeneo.url
      return Promise.resolve()
    },
  )
  return { pipeline, proxy }
}

/** Records that were in two calls at once. */
function writtenTogether({ patches }: RewritingProxy): string[] {
  return patches.flatMap((one, index) =>
    patches
      .slice(index + 1)
      .filter((other) => other.startedAt < one.finishedAt && one.startedAt < other.finishedAt)
      .flatMap((other) =>
        one.lines.flatMap(({ key }) => (other.lines.some((line) => line.key === key) ? [key] : [])),
      ),
  )
}

const lamp = 'NL-DL9-B'

describe('an answer of lines that is cut', { timeout: 180_000 }, () => {
  it('loses nothing: what was done is read back, the rest is sent again', async () => {
    const pipeline = await loadedPipeline({ settings: { akeneo: timeouts } })
    open.push(pipeline)
    pipeline.akeneo.fault({
      method: 'PATCH',
      path: '/api/rest/v1/products-uuid',
      cutAfterLine: 3,
      count: 1,
    })
    const run = await pipeline.enrich()
    expect(run).toMatchObject({ due: 0, parked: 1 })
    expect(run.unanswered).toBeGreaterThan(0)
    expect(await pipeline.deps.sql`select 1 from enrichment_line where state <> 'parked'`).toEqual([])
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toContain(
      'brings warm',
    )
    expect(await pipeline.enrich()).toMatchObject({ lines: 0, sheets: 0, files: 0 })
  })
})

describe('a record that Akeneo takes no change of', { timeout: 120_000 }, () => {
  it('gets its line once somebody has mended it, and no call in vain before', async () => {
    const { pipeline, proxy } = await watched()
    const { akeneo, client, connection, deps } = pipeline
    // It weighs 2 stones, a unit that is no more.
    const lost = 'NL-404'
    expect(await pipeline.enrich()).toMatchObject({ parked: 1 })
    const { uuid } = await productOf(pipeline, lost)
    const calls = () => proxy.patches.filter(({ lines }) => lines.some(({ key }) => key === uuid)).length
    const refusal = `${lost} : refused 422`
    expect([calls(), await findingsOf(pipeline)]).toEqual([1, expect.arrayContaining([refusal])])
    // A person looks whether it does by now; then nobody asks any more.
    expect(await pipeline.enrichProduct(lost)).toMatchObject({ counts: { parked: 1 } })
    expect(await pipeline.enrich()).toMatchObject({ sheets: 0, lines: 0, parked: 0 })
    expect(calls()).toBe(2)
    const kilograms = [{ locale: null, scope: null, data: { amount: '2', unit: 'KILOGRAM' } }]
    akeneo.edit([{ resource: 'product', code: lost, patch: { values: { weight: kilograms } } }])
    await pipeline.poll()
    expect(await client.workflow.getHandle(workflowId(connection, 'enrich')).result()).toMatchObject({
      outcome: 'done',
      lines: 1,
      parked: 0,
    })
    expect(calls()).toBe(3)
    expect(await deps.sql`select key from enrichment_line`).toEqual([])
    expect(await findingsOf(pipeline)).not.toContain(refusal)
    expect(await pipeline.enrich()).toMatchObject({ sheets: 0, lines: 0, files: 0 })
  })
})

describe('a line that was put aside for what may be over', { timeout: 120_000 }, () => {
  it.each([
    ['that Akeneo has never answered', 'no-answer'],
    ['that it refused for rights', '403'],
  ])('%s is sent again by the next daily run, and by no other', async (_, code) => {
    const { pipeline, proxy } = await watched()
    const { sql } = pipeline.deps
    expect(await pipeline.enrich()).toMatchObject({ parked: 1 })
    const { uuid = '' } = await productOf(pipeline, 'NL-404')
    const calls = () => proxy.patches.filter(({ lines }) => lines.some(({ key }) => key === uuid)).length
    // As after five answers that did not come, which take minutes, or before a person gave rights back.
    await sql`update enrichment_finding set code = ${code} where kind = 'refused' and key = ${uuid}`
    expect(await pipeline.enrich('queued')).toMatchObject({ parked: 0 })
    expect(calls()).toBe(1)
    // As it was judged: nobody has changed the record, and Icecat counts each sheet.
    expect(await pipeline.enrich()).toMatchObject({ parked: 1, sheets: 0 })
    expect(calls()).toBe(2)
    // What it is answered now is what counts.
    expect(await findingsOf(pipeline)).toContain('NL-404 : refused 422')
    expect(await pipeline.enrich()).toMatchObject({ parked: 0 })
    expect(calls()).toBe(2)
  })
})

describe('a value of a model that was refused for what may be over', { timeout: 120_000 }, () => {
  it('is written by the next daily run, for which one of its variants’ sheets is fetched', async () => {
    const pipeline = await loadedPipeline()
    open.push(pipeline)
    const { sql } = pipeline.deps
    const api = await apiOf(pipeline.akeneo)
    const setLongest = (most: number | null) => api.patch('/attributes/description', { max_characters: most })
    // Between the poll that read the structure and the push.
    await setLongest(10)
    const first = await pipeline.enrich()
    // A value that did not come in is no news: nothing is judged twice for it.
    expect([first.refused > 0, first.unchanged]).toEqual([true, 0])
    await setLongest(null)
    const description = async () =>
      dataAt(await recordOf(pipeline, '/product-models/jacket_moor'), 'description', 'de_DE', 'ecommerce')
    expect(await description()).toBeUndefined()
    // As before a person gave rights back.
    await sql`update enrichment_finding set code = '403' where kind = 'refused' and key = 'jacket_moor'`

    // One of its twelve variants, in four languages.
    expect(await pipeline.enrich()).toMatchObject({ lines: 1, enriched: 1, sheets: 4 })
    expect(await description()).toBe('Die Moor-Jacke hält Wind und Regen ab.')
    expect(await findingsOf(pipeline)).not.toContain('jacket_moor description de_DE ecommerce: refused 403')

    // Its siblings show it, too, once they are read: that is our own doing.
    const { client, connection } = pipeline
    await pipeline.poll()
    expect(await client.workflow.getHandle(workflowId(connection, 'enrich')).result()).toMatchObject({
      sheets: 0,
      lines: 0,
    })
    const shown = await sql`
      select code from source_record where code like 'CAL-MOOR-%' and source -> 'values' ? 'description'`
    expect(shown).toHaveLength(12)
  })
})

describe('two runs at once', { timeout: 120_000 }, () => {
  it('never write one record together, and the second of a kind finds the first', async () => {
    const { pipeline, proxy } = await watched({
      icecat: { mapping: northlampMapping, simulator: { latencyMs: 15 } },
    })
    pipeline.akeneo.fault({ method: 'PATCH', path: '/api/rest/v1/*', delayMs: 150 })
    const { client, connection, taskQueue } = pipeline
    const other = () =>
      client.workflow.execute(workflowTypes.enrichCatalog, {
        // As a schedule names its runs.
        workflowId: `${workflowId(connection, 'enrich')}-2026-11-29T06:00:00Z`,
        taskQueue,
        args: [{ connection }],
      }) as Promise<EnrichmentReport>
    const othersAsked = gate()
    let isInTheMiddle = false
    proxy.hold = async () => {
      const begun = await pipeline.deps.sql`select 1 from enrichment_product limit 1`
      if (begun.length === 0) return
      isInTheMiddle = true
      await othersAsked.opened
    }
    const daily = pipeline.enrich()
    await until(() => Promise.resolve(isInTheMiddle), 'it has begun, and looks at what it is about to write')
    const second = await other()
    othersAsked.open()
    const [first, one, model] = await Promise.all([
      daily,
      pipeline.enrichProduct(lamp),
      pipeline.enrichProduct('jacket_moor'),
    ])
    expect([first.outcome, second.outcome]).toEqual(['done with rejections', 'already running'])
    expect([one.outcome, model.outcome].filter((outcome) => outcome === 'waiting')).toEqual([])
    expect(writtenTogether(proxy)).toEqual([])
    // Whoever of them came first has written it; nothing was sent twice with another result.
    expect([...sentTo(proxy).values()].filter((lines) => new Set(lines).size > 1)).toEqual([])
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')).toContain(
      'brings warm',
    )
    expect(
      dataAt(await recordOf(pipeline, '/product-models/jacket_moor'), 'description', 'de_DE', 'ecommerce'),
    ).toBe('Die Moor-Jacke hält Wind und Regen ab.')
    // Who judged a record while the other's line was under way, or not read back, has it looked at once more, by whoever comes next:
    // nothing is written.
    const { sql } = pipeline.deps
    const left = await sql`
      update enrichment_product set due_at = now() where due is not null and held_until is null returning due`
    expect(['held', 'read-back']).toEqual(expect.arrayContaining(left.map(({ due }) => due as string)))
    expect(await pipeline.enrich()).toMatchObject({ lines: 0, files: 0, due: 0 })
    expect(await pipeline.enrich()).toMatchObject({ lines: 0, sheets: 0, files: 0 })
  })
})
