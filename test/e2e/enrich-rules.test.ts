import { afterEach, describe, expect, it } from 'vitest'
import { decidePlan } from '../../connectors/hub/plans.ts'
import { enrichmentSight } from '../../connectors/hub/enrichment/sights.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import { type Api, apiOf } from '../simulator/api.ts'
import {
  dataAt,
  findingsOf,
  icecatOf,
  loadedPipeline,
  northlampMapping,
  productOf,
} from '../support/icecat-shop.ts'
import { deleteAttribute } from '../support/emptying.ts'
import type { Pipeline } from '../support/pipeline.ts'

const open: Pipeline[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((pipeline) => pipeline.close()))
})

interface Shop {
  pipeline: Pipeline
  api: Api
  /** A person changes Akeneo's structure. */
  change: (path: string, body: unknown) => Promise<void>
  /** A poll, and the enrichment that it started, where it started one. */
  follow: () => Promise<void>
}

/** Both ends, loaded; `before` that a person changes the structure. */
async function shop(
  before: (shop: Shop) => Promise<unknown> = () => Promise.resolve(),
  mapping = northlampMapping,
): Promise<Shop> {
  const shopOf = async (pipeline: Pipeline): Promise<Shop> => {
    const api = await apiOf(pipeline.akeneo)
    return {
      pipeline,
      api,
      change: async (path, body) => {
        const { status, text } = await api.patch(path, body)
        expect(status, text).toBeLessThan(300)
      },
      follow: async () => {
        await pipeline.poll()
        await pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'enrich')).result()
      },
    }
  }
  const pipeline = await loadedPipeline({ icecat: { mapping } }, async (started) => {
    open.push(started)
    await before(await shopOf(started))
  })
  return shopOf(pipeline)
}

/** Products whose sheet was asked for since the last look. */
function asked(pipeline: Pipeline): number {
  const sheets = icecatOf(pipeline)
    .requests()
    .filter(({ path }) => path === '/api' || path.startsWith('/api?'))
  icecatOf(pipeline).resetRequests()
  return sheets.length
}

const lamp = 'NL-DL9-B'
const lampsSheet = '900000125'
const descriptionOf = async (pipeline: Pipeline) =>
  dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')

// Each has a catalogue of its own, loaded and enriched: 15 s on a quiet machine.
describe('when Akeneo’s structure changes', { timeout: 180_000 }, () => {
  it('what a rule did not allow is judged by the rule of now, and nobody is asked for anything else', async () => {
    const { pipeline, change, follow } = await shop()
    // Between the poll that read the structure and the push.
    await change('/attributes/description', { max_characters: 10 })
    await pipeline.enrich()
    const found = `${lamp} description en_US ecommerce`
    expect(await findingsOf(pipeline)).toContain(`${found}: refused 422`)
    const everything = asked(pipeline)

    await follow()
    const findings = await findingsOf(pipeline)
    expect(findings).toContain(`${found}: problem too-long`)
    expect(findings).not.toContain(`${found}: refused 422`)
    const again = asked(pipeline)
    expect(again).toBeGreaterThan(0)
    expect(again).toBeLessThan(everything / 2)

    // A label is no rule, and what was written without trouble needs none.
    await change('/attributes/description', { labels: { en_US: 'Long text' } })
    await change('/attributes/power', { decimals_allowed: true })
    await follow()
    expect(asked(pipeline)).toBe(0)

    await change('/attributes/description', { max_characters: null })
    await follow()
    expect(await descriptionOf(pipeline)).toContain('brings warm light')
    expect((await findingsOf(pipeline)).filter((line) => line.includes('too-long'))).toEqual([])
    // Who was judged while a line of its model was under way is looked at once more: nothing is written.
    expect(await pipeline.enrich()).toMatchObject({ lines: 0, files: 0 })
  })

  it('a line that Akeneo refused whole goes out once the attribute that it spoke of is another', async () => {
    const { pipeline, change, follow } = await shop()
    // NL-404 weighs 2 stones, a unit that is no more.
    expect(await pipeline.enrich()).toMatchObject({ parked: 1 })
    const STONE = {
      code: 'STONE',
      labels: {},
      convert_from_standard: [{ operator: 'mul', value: '6.35029318' }],
      symbol: 'st',
    }
    await change('/measurement-families', [{ code: 'Weight', units: { STONE } }])
    // Lists that Akeneo cannot tell changes of are read each night.
    await pipeline.initializeCategories()
    await follow()
    expect(await findingsOf(pipeline)).not.toContain('NL-404 : refused 422')
    expect(await pipeline.deps.sql`select key from enrichment_line`).toEqual([])
  })

  it('a family that gets a mapped attribute has it filled, and the others are left in peace', async () => {
    const lamps = async (api: Api) => (await api.get('/families/lamps')).body as { attributes: string[] }
    const { pipeline, api, change, follow } = await shop(async ({ api, change }) => {
      const { attributes } = await lamps(api)
      await change('/families/lamps', {
        attributes: attributes.filter((code) => code !== 'description'),
        attribute_requirements: { ecommerce: ['sku', 'name'], print: ['sku', 'name'] },
      })
    })
    await pipeline.enrich()
    expect(await descriptionOf(pipeline)).toBeUndefined()
    const everything = asked(pipeline)
    await change('/families/lamps', { attributes: [...(await lamps(api)).attributes, 'description'] })
    await follow()
    expect(await descriptionOf(pipeline)).toContain('brings warm light')
    expect(asked(pipeline)).toBeLessThan(everything)
  })

  it('an attribute that somebody deletes ends its own rule only, which goes on once the attribute is there again', async () => {
    const { pipeline, follow } = await shop()
    await pipeline.enrich()
    expect(await descriptionOf(pipeline)).toContain('brings warm light')
    const nightly = async () => {
      await pipeline.initializeCategories()
      await follow()
    }
    const makeAgain = deleteAttribute(pipeline.akeneo, 'description')
    await nightly()
    const { plan } = await pipeline.reconcile()
    const { connection, deps } = pipeline
    await decidePlan(deps.sql, connection, BigInt(plan ?? 0), { state: 'approved', by: 'ada' })
    const retired = await pipeline.execute(workflowTypes.retireRecords, workflowId(connection, 'retire'), {
      connection,
      plan,
    })
    expect(retired).toMatchObject({ outcome: 'done', retired: 1 })
    icecatOf(pipeline).edit({ id: lampsSheet, values: { 94: '2500' } })
    icecatOf(pipeline).generateIndex()
    const report = await pipeline.enrich()
    const weight = dataAt(await productOf(pipeline, lamp), 'weight')
    expect(weight).toMatchObject({ amount: expect.stringMatching(/^2\.5/) as unknown })
    const leftOut = [
      expect.stringMatching(/:12 {2}attributes\.description: there is no attribute .*\(mapping-left-out\)/),
    ]
    expect(report).toMatchObject({ outcome: 'done', refused: 0, leftOut })
    expect((await enrichmentSight(deps.sql, connection)).leftOut).toEqual(leftOut)

    makeAgain()
    await nightly()
    expect(await descriptionOf(pipeline)).toContain('brings warm light')
    const after = await pipeline.enrich()
    expect(after).toMatchObject({ lines: 0, files: 0 })
    expect(after).not.toHaveProperty('leftOut')
  })

  it('an option that a person makes brings the values that lacked it, also where the mapping asks for none', async () => {
    const { pipeline, api } = await shop(undefined, northlampMapping.replace('create: ask', 'create: never'))
    const withMint = async () => {
      icecatOf(pipeline).edit({ id: lampsSheet, values: { 1766: 'Mint' } })
      icecatOf(pipeline).generateIndex()
      return pipeline.enrich()
    }
    const colour = async () => dataAt(await productOf(pipeline, lamp), 'main_color')
    await pipeline.enrichProduct(lamp)
    const { sql } = pipeline.deps
    await sql`update enrichment_value set is_released = true where attribute = 'main_color'`
    await withMint()
    expect(await findingsOf(pipeline)).toContain(`${lamp} main_color: problem unknown-option`)
    asked(pipeline)
    const made = async (code: string, label: string) => {
      const option = { code, attribute: 'main_color', labels: { en_US: label } }
      expect((await api.post('/attributes/main_color/options', option)).status).toBe(201)
      await pipeline.initializeCategories()
      await pipeline.poll()
      await pipeline.client.workflow.getHandle(workflowId(pipeline.connection, 'enrich')).result()
    }
    // Another one is nothing to this value.
    await made('plum', 'Plum')
    expect(asked(pipeline)).toBe(0)
    // By another code than would have been proposed.
    await made('mnt', 'Mint')
    expect(await colour()).toBe('mnt')
  })
})
