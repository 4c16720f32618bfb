import { afterEach, describe, expect, it } from 'vitest'
import { type Api, apiOf } from '../simulator/api.ts'
import { deleteAttribute, deleteOption, writeValue } from '../support/emptying.ts'
import {
  dataAt,
  findingsOf,
  icecatOf,
  loadedPipeline,
  northlampMapping,
  productOf,
} from '../support/icecat-shop.ts'
import type { Pipeline } from '../support/pipeline.ts'

const open: Pipeline[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((pipeline) => pipeline.close()))
})

const lamp = 'NL-DL9-B'
const lampsSheet = '900000125'
const colourOf = async (pipeline: Pipeline) => dataAt(await productOf(pipeline, lamp), 'main_color')

const makeMint = async (api: Api): Promise<void> => {
  const option = { code: 'mint', attribute: 'main_color', labels: { en_US: 'Mint' } }
  expect((await api.post('/attributes/main_color/options', option)).status).toBe(201)
}

/** A lamp that enrichment has made mint, read and known to be ours. */
async function mintLamp(): Promise<{ pipeline: Pipeline; api: Api }> {
  const pipeline = await loadedPipeline(
    {
      icecat: {
        mapping: `${northlampMapping}ownership: { foreign: overwrite }\n`,
        settings: { afterPolls: false },
      },
    },
    async (started) => {
      open.push(started)
      await makeMint(await apiOf(started.akeneo))
    },
  )
  icecatOf(pipeline).edit({ id: lampsSheet, values: { 1766: 'Mint' } })
  await pipeline.enrich()
  expect(await colourOf(pipeline)).toBe('mint')
  await pipeline.poll()
  return { pipeline, api: await apiOf(pipeline.akeneo) }
}

/** Lists of options are read each night, and what is in them no more leaves; enrichment follows. */
async function night(pipeline: Pipeline): Promise<void> {
  await pipeline.initializeCategories()
  await pipeline.reconcile()
  await pipeline.enrich('queued')
}

const cleared = async (pipeline: Pipeline) =>
  (await findingsOf(pipeline)).filter((line) => line.startsWith(lamp) && line.endsWith('cleared'))

describe('a value that left Akeneo with its option', { timeout: 180_000 }, () => {
  it('was not cleared by a person: it is there again once the option is', async () => {
    const { pipeline, api } = await mintLamp()
    pipeline.akeneo.clock.advance(60_000)
    deleteOption(pipeline.akeneo, 'main_color', 'mint')
    // Akeneo's own job saves the lamp without it, or somebody works on it: either dates it.
    writeValue(pipeline.akeneo, lamp, 'mpn', 'DL9-BB')
    await pipeline.poll()
    await pipeline.enrich()
    expect(await cleared(pipeline)).toEqual([])
    await night(pipeline)
    await makeMint(api)
    await night(pipeline)
    expect(await colourOf(pipeline)).toBe('mint')
    expect(await pipeline.enrich()).toMatchObject({ lines: 0, kept: 0 })
  })

  it('is there again, too, where nobody saw that the option was gone', async () => {
    const { pipeline, api } = await mintLamp()
    deleteOption(pipeline.akeneo, 'main_color', 'mint')
    await makeMint(api)
    // Nothing dates the lamp: whoever reads everything sees it.
    await pipeline.load()
    await pipeline.enrich()
    expect(await cleared(pipeline)).toEqual([])
    expect(await colourOf(pipeline)).toBe('mint')
  })

  it('stays away where a person had cleared it before', async () => {
    const { pipeline, api } = await mintLamp()
    pipeline.akeneo.clock.advance(60_000)
    writeValue(pipeline.akeneo, lamp, 'main_color', null)
    await pipeline.poll()
    deleteOption(pipeline.akeneo, 'main_color', 'mint')
    await night(pipeline)
    await makeMint(api)
    await night(pipeline)
    await pipeline.load()
    await pipeline.enrich()
    expect(await colourOf(pipeline)).toBeUndefined()
    expect(await cleared(pipeline)).toHaveLength(1)
  })
})

it(
  'a text that a person clears in the very second of our own change stays away, and its other locales and channels stand',
  { timeout: 120_000 },
  async () => {
    const { pipeline } = await mintLamp()
    const { akeneo } = pipeline
    const print = { locale: 'en_US', scope: 'print' }
    const { updated = '', values } = await productOf(pipeline, lamp)
    expect(values['description']?.length).toBeGreaterThan(1)
    akeneo.clock.set(new Date(updated))
    writeValue(akeneo, lamp, 'description', null, print)
    expect((await productOf(pipeline, lamp)).updated).toBe(updated)
    await pipeline.load()
    icecatOf(pipeline).edit({ id: lampsSheet, values: { 445: '9' } })
    icecatOf(pipeline).generateIndex()
    expect(await pipeline.enrich()).toMatchObject({ lines: 1, values: 1 })
    expect(dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'print')).toBeUndefined()
    expect(await cleared(pipeline)).toEqual([`${lamp} description en_US print: kept cleared`])
  },
)

it(
  'values of an attribute that goes and comes between two readings are written again',
  { timeout: 120_000 },
  async () => {
    const { pipeline } = await mintLamp()
    const descriptionOf = async () =>
      dataAt(await productOf(pipeline, lamp), 'description', 'en_US', 'ecommerce')
    const before = await descriptionOf()
    expect(before).toContain('brings warm light')
    deleteAttribute(pipeline.akeneo, 'description')()
    expect(await descriptionOf()).toBeUndefined()
    await pipeline.load()
    await pipeline.enrich()
    expect(await cleared(pipeline)).toEqual([])
    expect(await descriptionOf()).toBe(before)
  },
)
