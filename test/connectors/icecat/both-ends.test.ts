import { existsSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { readIcecatMappingFile } from '../../../connectors/mapping-file.ts'
import type { IcecatMapping } from '../../../domain/enrichment/mapping/document.ts'
import { type AkeneoOptions, type AkeneoSimulator, startAkeneo } from '../../../simulator/akeneo/index.ts'
import { type Api, apiOf, INVENTED, type Item, itemOf } from '../../simulator/api.ts'
import { createEnricher } from './enrich-once.ts'
import { clientOf, icecat, recordedSheets } from './helpers.ts'

const running: AkeneoSimulator[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

async function akeneo(options: AkeneoOptions): Promise<Api> {
  const simulator = await startAkeneo(options)
  running.push(simulator)
  return apiOf(simulator)
}

function mappingFile(name: string, change: (text: string) => string = (text) => text): IcecatMapping {
  const text = change(readFileSync(new URL(`../../../examples/mapping/${name}`, import.meta.url), 'utf8'))
  const { mapping, problems } = readIcecatMappingFile({ name, text })
  if (mapping === null || problems.length > 0) throw new Error(JSON.stringify(problems))
  return mapping
}

async function valuesOf(api: Api, sku: string): Promise<Item['values'] & { updated: string }> {
  const { values, updated } = itemOf(await api.get(`/products/${encodeURIComponent(sku)}`))
  return { ...values, updated: updated ?? '' } as Item['values'] & { updated: string }
}

const dataAt = (
  values: Item['values'],
  attribute: string,
  locale: string | null = null,
  scope: string | null = null,
) => values[attribute]?.find((value) => value.locale === locale && value.scope === scope)?.data

describe('the invented catalogues of both ends', () => {
  it('come together: what is written is what Icecat has, and a second run has nothing to do', async () => {
    const api = await akeneo({ catalog: INVENTED })
    const enricher = await createEnricher(api, clientOf(await icecat()), mappingFile('northlamp.icecat.yaml'))
    const first = await enricher.run()
    // NL-404 weighs 2 stones, which Akeneo has stored and takes no more: nothing can be written to that product.
    expect(first.refused).toEqual([expect.stringContaining('Please specify a valid metric unit')])
    expect(first.lines).toBeGreaterThan(15)
    expect(first.outcomes).toMatchObject({
      found: expect.any(Number) as number,
      'not-found': expect.any(Number) as number,
      embargoed: 1,
    })

    const lamp = await valuesOf(api, 'NL-DL7-B')
    expect(dataAt(lamp, 'description', 'de_DE', 'print')).toBe(
      '<b>Northlamp Desk Light 7 black</b> bringt warmes Licht an den Schreibtisch.<br /><br />- Verstellbarer Arm<br />- USB-C & flimmerfrei',
    )
    // 724 g stood there, Icecat says the same in kilograms.
    expect(dataAt(lamp, 'weight')).toMatchObject({ unit: 'GRAM' })
    // The description of the other was a person's before we came.
    expect(dataAt(await valuesOf(api, 'NL-DL7-W'), 'description', 'en_US', 'ecommerce')).toBe(
      '<p>Warm light from the Northlamp Desk Light 7.</p>',
    )

    const second = await enricher.run()
    expect([second.lines, second.refused]).toEqual([0, []])
    expect((await valuesOf(api, 'NL-DL7-B')).updated).toBe(lamp.updated)
  })

  it('bring one changed feature as one attribute in one line, and keep a person’s edit', async () => {
    const api = await akeneo({ catalog: INVENTED })
    const simulator = await icecat()
    const enricher = await createEnricher(api, clientOf(simulator), mappingFile('northlamp.icecat.yaml'))
    await enricher.run()
    const before = await valuesOf(api, 'NL-DL9-B')
    expect(dataAt(before, 'description', 'en_US', 'ecommerce')).toContain('brings warm light')

    simulator.edit({ id: '900000125', values: { 445: '9' } })
    await api.patch('/products/NL-DL9-B', {
      values: {
        // A person rewrites one value, empties another, and writes a third in another unit.
        description: [
          { locale: 'en_US', scope: 'ecommerce', data: 'Mine' },
          { locale: 'en_US', scope: 'print', data: null },
        ],
        weight: [{ locale: null, scope: null, data: { amount: '860', unit: 'GRAM' } }],
      },
    })
    const run = await enricher.run()
    const own = [...run.plans.values()].filter(({ kept }) =>
      kept.some(({ case: kind }) => kind === 'edited' || kind === 'cleared'),
    )
    expect(
      own
        .flatMap(({ kept }) =>
          kept
            .filter(({ case: kind }) => kind !== 'foreign')
            .map(({ case: kind, place }) => `${kind} ${place}`),
        )
        .toSorted(),
    ).toEqual(['cleared description en_US print', 'edited description en_US ecommerce'])
    const after = await valuesOf(api, 'NL-DL9-B')
    expect(dataAt(after, 'description', 'en_US', 'ecommerce')).toBe('Mine')
    expect(dataAt(after, 'weight')).toMatchObject({ unit: 'GRAM' })
    // The power was the same before we came, so it was adopted, and follows Icecat from then on.
    expect(run.lines).toBe(1)
    expect(dataAt(after, 'power')).toMatchObject({ amount: 9, unit: 'WATT' })
    expect(
      [...run.plans.values()]
        .flatMap(({ writes }) => writes)
        .filter(({ attribute }) => attribute === 'power'),
    ).toHaveLength(1)
  })

  it('write a variant’s title on its model, where the model owns it', async () => {
    const api = await akeneo({ catalog: INVENTED })
    const enricher = await createEnricher(api, clientOf(await icecat()), mappingFile('northlamp.icecat.yaml'))
    await api.patch('/product-models/jacket_fell_sage', {
      values: { variation_name: [{ locale: 'en_US', scope: null, data: null }] },
    })
    const run = await enricher.run()
    expect(run.plans.get('product-model jacket_fell_sage')?.writes).toEqual([
      { attribute: 'variation_name', locale: 'en_US', scope: null, data: 'Calorra Fell jacket sage' },
    ])
    // Three colours' sheets say the same of the material, which the root model owns; their descriptions do too.
    expect(run.plans.get('product-model jacket_fell')?.problems).toEqual([])
    // The colour is an axis, and is never written.
    const written = [...run.plans.values()].flatMap(({ writes }) => writes.map(({ attribute }) => attribute))
    expect(written).not.toContain('color')
  })

  it('bring a product that is described later by itself, and take nothing back when one is removed', async () => {
    const api = await akeneo({ catalog: INVENTED })
    const simulator = await icecat()
    const enricher = await createEnricher(api, clientOf(simulator), mappingFile('northlamp.icecat.yaml'))
    const first = await enricher.run()
    simulator.clock.advance(3 * 86_400_000)
    const before = await valuesOf(api, 'NL-L015')
    const later = await enricher.run()
    expect(later.outcomes['found']).toBe((first.outcomes['found'] ?? 0) + 1)
    expect(dataAt(await valuesOf(api, 'NL-L009'), 'description', 'en_US', 'ecommerce')).toContain(
      'brings warm light',
    )
    expect((await valuesOf(api, 'NL-L015')).updated).toBe(before.updated)
  })
})

const recorded = recordedSheets()
const demo = process.env['PIMFLOW_REFERENCE_DATA'] ?? ''

describe.skipIf(recorded === undefined || !existsSync(`${demo}/products.csv`))(
  'recorded sheets and Akeneo’s demo catalogue (PIMFLOW_REFERENCE_DATA)',
  () => {
    it('come together by Icecat’s id, and Akeneo takes every value', async () => {
      const api = await akeneo({ catalog: demo })
      const simulator = await icecat({ sheets: recorded ?? '' })
      // The demo catalogue has none of the recorded products: they are put beside its own.
      for (const [sku, family] of [
        ['29900045', 'pc_monitors'],
        ['26057953', 'tablets'],
        ['31040076', 'digital_cameras'],
      ] as const) {
        const made = await api.post('/products', { identifier: sku, family, enabled: true })
        expect(made.status).toBe(201)
      }
      const mapping = mappingFile('acme.icecat.yaml', (text) =>
        text
          .replaceAll(
            '[led_tvs, pc_monitors, digital_cameras, scanners]',
            '[pc_monitors, digital_cameras, tablets]',
          )
          .replace(', optical_zoom:', ', optical_zoom:'),
      )
      const enricher = await createEnricher(api, clientOf(simulator), mapping)
      const run = await enricher.run()
      expect(run.refused).toEqual([])
      expect(run.lines).toBe(3)
      const monitor = await valuesOf(api, '29900045')
      expect(dataAt(monitor, 'name')).toBe('iiyama X4071UHSU-B1 39.5" LED 4K Ultra HD Black public display')
      expect(dataAt(monitor, 'weight')).toMatchObject({ unit: 'GRAM' })
      expect(dataAt(monitor, 'response_time')).toBe(3)
      expect(dataAt(monitor, 'display_diagonal')).toBeUndefined()
      expect(dataAt(monitor, 'description', 'en_US', 'print')).toMatch(/^<b>Stylish 40” screen/)
      const problems = [...run.plans.values()].flatMap(({ problems: own }) =>
        own.map(({ problem }) => problem.message),
      )
      expect(problems).toEqual(['39.5 has more than 0 decimals, and the rule refuses to round'])
      const phone = await valuesOf(api, '31040076')
      expect([dataAt(phone, 'sensor_type'), dataAt(phone, 'release_date')]).toEqual(['cmos', undefined])

      const second = await enricher.run()
      expect([second.lines, second.refused]).toEqual([0, []])
    })
  },
)
