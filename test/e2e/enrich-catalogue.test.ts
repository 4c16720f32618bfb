import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { apiOf } from '../simulator/api.ts'
import {
  dataAt,
  exampleMapping,
  findingsOf,
  icecatOf,
  loadedPipeline,
  northlampMapping,
  productOf,
  recordOf,
  updatedOf,
} from '../support/icecat-shop.ts'
import type { Pipeline, PipelineOptions } from '../support/pipeline.ts'
import { rewritingProxy, type RewritingProxy } from '../support/rewriting-proxy.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

/** Both ends and the hub, with an Akeneo that cleans the HTML it is sent. */
async function cleaning(
  options: PipelineOptions,
  before: (pipeline: Pipeline) => Promise<unknown>,
): Promise<{ pipeline: Pipeline; proxy: RewritingProxy }> {
  const proxy = await rewritingProxy()
  open.push(proxy)
  proxy.clean = (line) => line.replaceAll(/<\/?b>/g, '')
  const pipeline = await loadedPipeline(
    { ...options, settings: { ...options.settings, akeneo: { url: proxy.url } } },
    (started) => {
      open.push(started)
      proxy.target = started.akeneo.url
      return before(started)
    },
  )
  return { pipeline, proxy }
}

async function made(pipeline: Pipeline, path: string, body: object): Promise<void> {
  const { status, text } = await (await apiOf(pipeline.akeneo)).post(path, body)
  expect(status, text).toBe(201)
}

const noText = (locale: string | null = null, scope: string | null = null) => ({ locale, scope })

/** Nobody is asked for anything but Icecat's index, no byte moves, and no record's date does. */
async function expectQuiet(pipeline: Pipeline, proxy: RewritingProxy): Promise<void> {
  const before = await updatedOf(pipeline)
  expect(Object.keys(before).length).toBeGreaterThan(200)
  proxy.patches.length = 0
  icecatOf(pipeline).resetRequests()
  pipeline.akeneo.resetRequests()
  const run = await pipeline.enrich()
  expect(run).toMatchObject({ lines: 0, values: 0, files: 0, bytes: 0, sheets: 0, due: 0 })
  expect(pipeline.akeneo.requests()).toEqual([])
  expect(proxy.patches).toEqual([])
  expect(
    icecatOf(pipeline)
      .requests()
      .filter(({ path }) => path.startsWith('/api') || path.startsWith('/assets')),
  ).toEqual([])
  expect(await updatedOf(pipeline)).toEqual(before)
}

// Each has a catalogue of its own, loaded and enriched: 15 s on a quiet machine.
describe(
  'enrichment of a catalogue with models, three locales and two channels',
  { timeout: 120_000 },
  () => {
    it('writes each value where it belongs, and judges right what Akeneo and people make of it', async () => {
      const mapping = northlampMapping.replace('attributes:\n', 'attributes:\n  name: title\n')
      const { pipeline, proxy } = await cleaning({ icecat: { mapping } }, async (started) => {
        await (await apiOf(started.akeneo)).delete('/products/NL-DL9-B')
        await made(started, '/product-models', { code: 'dl9', family_variant: 'lamps_color' })
        await made(started, '/products', {
          identifier: 'NL-DL9-B',
          parent: 'dl9',
          values: {
            main_color: [{ ...noText(), data: 'black' }],
            ean: [{ ...noText(), data: '2000000123486' }],
          },
        })
      })
      await pipeline.enrich()
      const model = await recordOf(pipeline, '/product-models/dl9')
      expect(dataAt(model, 'name')).toBe('Northlamp Northlamp Desk Light 9 black')
      const texts = ['ecommerce', 'print'].map((scope) => dataAt(model, 'description', 'en_US', scope))
      expect(texts.every((text) => String(text).includes('Northlamp Desk Light 9'))).toBe(true)
      // Icecat has it in English alone: text of another language is nobody's German or French.
      for (const locale of ['de_DE', 'fr_FR'])
        expect(dataAt(model, 'description', locale, 'ecommerce')).toBeUndefined()
      // Akeneo took the bold letters out.
      expect(texts.join('')).not.toContain('<b>')
      const { sql } = pipeline.deps
      const pictures = await sql<{ stream: string; code: string }[]>`
      select v.stream, s.code from enrichment_value v
      join source_record s on s.connection = v.connection and s.stream = v.stream and s.key = v.key
      where v.attribute = 'image' and s.code in ('dl9', 'NL-DL9-B')`
      expect(pictures.map(({ stream, code }) => `${stream} ${code}`)).toEqual(['products NL-DL9-B'])
      expect(dataAt(await productOf(pipeline, 'NL-DL9-B'), 'image')).toMatch(/\.(jpg|png)$/)
      const echoes = (await findingsOf(pipeline)).filter((line) => line.startsWith('dl9 '))
      expect(echoes).toContain('dl9 description en_US print: changed-by-akeneo shown-otherwise')
      expect(echoes.filter((line) => line.includes('kept'))).toEqual([])

      await expectQuiet(pipeline, proxy)

      const api = await apiOf(pipeline.akeneo)
      const weight = dataAt(await productOf(pipeline, 'NL-DL9-B'), 'weight') as {
        amount: string
        unit: string
      }
      expect(weight).toMatchObject({ unit: 'KILOGRAM' })
      const edited = await api.patch('/product-models/dl9', {
        values: {
          description: [
            { ...noText('en_US', 'ecommerce'), data: 'Mine' },
            { ...noText('en_US', 'print'), data: null },
          ],
        },
      })
      expect(edited.status).toBe(204)
      const grams = { amount: String(Number(weight.amount) * 1000), unit: 'GRAM' }
      await api.patch('/products/NL-DL9-B', { values: { weight: [{ ...noText(), data: grams }] } })
      icecatOf(pipeline).edit({ id: '900000125', values: { 445: '9' } })
      icecatOf(pipeline).generateIndex()
      proxy.patches.length = 0
      expect(await pipeline.enrich()).toMatchObject({ lines: 1, values: 1 })
      // One feature was changed at Icecat: one attribute in one line.
      expect(
        proxy.patches.flatMap(({ lines }) => lines.map(({ text }) => Object.keys(valuesIn(text)))),
      ).toEqual([['power']])
      const found = (await findingsOf(pipeline)).filter((line) => /(dl9|NL-DL9-B) .*kept/.test(line))
      expect(found).toEqual([
        'dl9 description en_US ecommerce: kept edited',
        'dl9 description en_US print: kept cleared',
      ])
      expect(dataAt(await productOf(pipeline, 'NL-DL9-B'), 'weight')).toMatchObject({ unit: 'GRAM' })
      await expectQuiet(pipeline, proxy)
    })

    it.each(['keep', 'flag', 'clear'] as const)(
      'lets the policy say what becomes of content that Icecat has withdrawn: %s',
      async (policy) => {
        const mapping = northlampMapping.replace(
          'attributes:\n',
          `ownership: { withdrawn: ${policy} }\nattributes:\n`,
        )
        const { pipeline, proxy } = await cleaning({ icecat: { mapping } }, () => Promise.resolve())
        await pipeline.enrich()
        const before = dataAt(await productOf(pipeline, 'NL-DL9-B'), 'image')
        expect(before).toBeDefined()
        icecatOf(pipeline).edit({ id: '900000125', values: { 445: null }, pictures: { 0: null, 1: null } })
        icecatOf(pipeline).generateIndex()
        expect(await pipeline.enrich()).toMatchObject({ lines: policy === 'clear' ? 1 : 0 })
        const lamp = await productOf(pipeline, 'NL-DL9-B')
        expect([dataAt(lamp, 'power') === undefined, dataAt(lamp, 'image') === undefined]).toEqual(
          policy === 'clear' ? [true, true] : [false, false],
        )
        expect((await findingsOf(pipeline)).filter((line) => /^NL-DL9-B .*withdrawn/.test(line))).toEqual(
          policy === 'clear'
            ? []
            : [
                `NL-DL9-B image: ${policy === 'flag' ? 'flagged' : 'kept'} withdrawn`,
                `NL-DL9-B power: ${policy === 'flag' ? 'flagged' : 'kept'} withdrawn`,
              ],
        )
        await expectQuiet(pipeline, proxy)
      },
    )

    it('takes nothing away when the account is no longer a Full one, or the sheet is gone', async () => {
      const { pipeline, proxy } = await cleaning(
        {
          icecat: {
            mapping: northlampMapping.replace(
              'attributes:\n',
              'ownership: { withdrawn: clear }\nattributes:\n',
            ),
          },
        },
        () => Promise.resolve(),
      )
      await pipeline.enrich()
      const before = await updatedOf(pipeline)
      icecatOf(pipeline).subscribe('full-shop', 'open')
      icecatOf(pipeline).remove('900000124')
      icecatOf(pipeline).clock.advance(24 * 3_600_000)
      icecatOf(pipeline).edit({ id: '900000140', values: { 445: '3' } })
      icecatOf(pipeline).generateIndex()
      // Its index is for Full accounts: the operator is told.
      await expect(pipeline.enrich()).rejects.toMatchObject({
        cause: { cause: { message: expect.stringContaining('icecat.subscription') as string } },
      })
      proxy.patches.length = 0
      await pipeline.deps
        .sql`update enrichment_product set due = 'person', due_at = now() where outcome = 'enriched'`
      const run = await pipeline.enrich('queued')
      expect(run).toMatchObject({ enriched: 0, lines: 0, files: 0 })
      expect(run.restricted).toBeGreaterThan(0)
      expect(proxy.patches).toEqual([])
      expect(await updatedOf(pipeline)).toEqual(before)
    })
  },
)

/** The values in a line, by attribute. */
const valuesIn = (line: string) => (JSON.parse(line) as { values: Record<string, unknown> }).values

const demo = process.env['PIMFLOW_REFERENCE_DATA'] ?? ''
const recorded = join(demo, '../icecat-recorded')

describe.skipIf(demo === '' || !existsSync(`${demo}/products.csv`) || !existsSync(recorded))(
  'enrichment with the recorded sheets and Akeneo’s demo catalogue (PIMFLOW_REFERENCE_DATA)',
  { timeout: 240_000 },
  () => {
    it('brings titles to models and pictures to variants, and a second run has nothing to do', async () => {
      const mapping = exampleMapping('acme.icecat.yaml').replaceAll(
        '[led_tvs, pc_monitors, digital_cameras, scanners]',
        '[led_tvs, digital_cameras, tablets]',
      )
      const { pipeline, proxy } = await cleaning(
        { akeneo: { catalog: demo }, icecat: { mapping, simulator: { sheets: recorded } } },
        async (started) => {
          // The demo catalogue has none of the recorded products: they are put beside its own, one below a model.
          await made(started, '/product-models', { code: 'recorded', family_variant: 'tv' })
          const display_diagonal = [{ ...noText(), data: { amount: '40', unit: 'INCH' } }]
          await made(started, '/products', {
            identifier: '29900045',
            parent: 'recorded',
            values: { display_diagonal },
          })
          await made(started, '/products', { identifier: '26057953', family: 'tablets' })
          await made(started, '/products', { identifier: '31040076', family: 'digital_cameras' })
        },
      )
      const run = await pipeline.enrich()
      expect(run).toMatchObject({ refused: 0, parked: 0, dropped: 0 })
      expect(run.lines).toBe(4)
      const model = await recordOf(pipeline, '/product-models/recorded')
      expect(dataAt(model, 'name')).toBe('iiyama X4071UHSU-B1 39.5" LED 4K Ultra HD Black public display')
      expect(dataAt(model, 'description', 'en_US', 'print')).toMatch(/^Stylish 40” screen/)
      const monitor = await productOf(pipeline, '29900045')
      expect(dataAt(monitor, 'picture')).toMatch(/\.jpg$/)
      expect(dataAt(monitor, 'weight')).toMatchObject({ unit: 'GRAM' })
      // An axis, which Icecat's 39.5 inches do not touch.
      expect(dataAt(monitor, 'display_diagonal')).toMatchObject({ amount: 40, unit: 'INCH' })
      const phone = await productOf(pipeline, '31040076')
      expect(dataAt(phone, 'sensor_type')).toBe('cmos')
      // Of its three sheets only the English one has a long description: no other locale is fed from it.
      expect(dataAt(phone, 'description', 'en_US', 'ecommerce')).toBe('This is the en_US long description.')
      expect(dataAt(phone, 'description', 'de_DE', 'ecommerce')).toBeUndefined()
      await expectQuiet(pipeline, proxy)
    })
  },
)
