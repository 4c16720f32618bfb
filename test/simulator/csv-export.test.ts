import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AkeneoOptions } from '../../simulator/akeneo/index.ts'
import { INVENTED, withAkeneo, type Api } from './api.ts'
import { fillSmallPim, value } from './small-pim.ts'

const LISTS = [
  'products-uuid',
  'products',
  'product-models',
  'categories',
  'families',
  'families/lamps/variants',
  'attributes',
  'attribute-groups',
  'channels',
  'association-types',
  'attributes/brand/options',
  'attributes/a_simple_select/options',
]

/** All pages of all lists. Dates and the codes of files are made by each import anew. */
async function everything(api: Api): Promise<unknown[]> {
  const pages: unknown[] = []
  for (const list of LISTS) {
    for (let path: string | undefined = `/${list}?limit=100`; path !== undefined;) {
      const { text, body } = await api.get(path)
      pages.push(
        JSON.parse(
          text
            .replaceAll(api.simulator.url, '')
            .replace(/"(created|updated)":"[^"]*"/g, '"$1":"a date"')
            .replace(/([0-9a-f]\/){4}[0-9a-f]+_/g, 'code_'),
        ),
      )
      path = body._links?.['next']?.href
    }
  }
  return pages
}

/** What is there before and after the way through files. */
async function roundTrip(options: AkeneoOptions, fill: (api: Api) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'pimflow-export-'))
  const seen: unknown[][] = []
  let rows: Record<string, number> = {}
  try {
    await withAkeneo(options, async (api) => {
      await fill(api)
      seen.push(await everything(api))
      const answer = await fetch(`${api.simulator.url}/_simulator/export`, {
        method: 'POST',
        body: JSON.stringify({ folder }),
      })
      rows = ((await answer.json()) as { rows: Record<string, number> }).rows
    })
    const header = readFileSync(join(folder, 'products.csv'), 'utf8').split('\n')[0]?.split(';') ?? []
    await withAkeneo({ catalog: folder }, async (api) => {
      seen.push(await everything(api))
    })
    return { before: seen[0] ?? [], after: seen[1] ?? [], rows, header }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('an exported catalogue', () => {
  it('loads again with the same answers', async () => {
    const { before, after, rows, header } = await roundTrip({ catalog: INVENTED }, async () => {
      /* as it is */
    })
    expect(rows).toMatchObject({ 'products.csv': 240, 'product_models.csv': 34, 'categories.csv': 12 })
    expect(header).toEqual(
      expect.arrayContaining([
        'uuid',
        'sku',
        'weight',
        'weight-unit',
        'price-EUR',
        'description-de_DE-ecommerce',
        'PACK-products-quantity',
      ]),
    )
    expect(before.length).toBeGreaterThan(15)
    expect(after).toEqual(before)
  })

  it('keeps what was written over the API, whatever signs it holds', async () => {
    const { before, after } = await roundTrip({}, async (api) => {
      await fillSmallPim(api)
      await api.post('/attributes', {
        code: 'a_table',
        type: 'pim_catalog_table',
        group: 'other',
        table_configuration: [
          { code: 'part', data_type: 'select', options: [{ code: 'a' }, { code: 'b' }] },
          { code: 'count', data_type: 'number' },
        ],
      })
      for (const code of ['root', 'gone'])
        await api.post('/product-models', { code, family_variant: 'two_levels' })
      await api.post('/product-models', {
        code: 'sub',
        parent: 'root',
        values: { a_simple_select: value('optionA'), a_text: value('inherited') },
      })
      const values = {
        a_text: value(' spaces; "quotes", and commas '),
        a_text_area: value('line one\nline two\r\n<b>three</b>'),
        a_number: value('12.50'),
        an_integer: value(-3),
        a_metric: value({ amount: '1.5', unit: 'MEGAWATT' }),
        a_price: value([
          { amount: '10.5', currency: 'EUR' },
          { amount: '11', currency: 'USD' },
        ]),
        a_date: value('2026-02-28'),
        a_yes_no: value(false),
        a_multi_select: value(['optionC', 'optionA']),
        a_localized_text: [...value('Cup', 'en_US'), ...value('Tasse', 'fr_FR')],
        a_scoped_text: value('only here', 'en_US', 'ecommerce'),
      }
      const simple = { identifier: 'A/1', family: 'familyA', categories: ['boots'], values }
      expect((await api.post('/products', simple)).status).toBe(201)
      const nameless = '00000000-0000-4000-8000-000000000001'
      await api.post('/products-uuid', { uuid: nameless, values: { a_text: value('no identifier') } })
      const variant = await api.post('/products', {
        identifier: 'variant',
        parent: 'sub',
        values: { a_yes_no: value(true), a_text_area: value('own') },
      })
      expect(variant.status).toBe(201)
      const { uuid } = (await api.get('/products/A/1')).body
      const linked = await api.patch('/products-uuid/' + String(uuid), {
        associations: { X_SELL: { products: [nameless], product_models: ['root', 'gone'], groups: [] } },
        quantified_associations: {
          PACK: {
            product_models: [
              { identifier: 'sub', quantity: 3 },
              { identifier: 'gone', quantity: 1 },
            ],
          },
        },
      })
      expect(linked.status).toBe(204)
      // What leads to a model that is gone is not in the files either.
      expect((await api.delete('/product-models/gone')).status).toBe(204)
    })
    expect(after).toEqual(before)
  })
})

describe('a row with fewer cells than the header', () => {
  it('has empty ones for the rest, as Akeneo’s importers take it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pimflow-short-'))
    try {
      await withAkeneo({ catalog: INVENTED }, (api) => {
        api.simulator.exportTo(folder)
        const path = join(folder, 'categories.csv')
        appendFileSync(path, 'short;master\n')
        return Promise.resolve()
      })
      await withAkeneo({ catalog: folder }, async (api) => {
        expect((await api.get('/categories/short')).body).toMatchObject({ parent: 'master', labels: {} })
      })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
