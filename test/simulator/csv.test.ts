import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CatalogFileError, startAkeneo } from '../../simulator/akeneo/index.ts'
import { INVENTED, itemOf, items, withAkeneo, type Item } from './api.ts'

/** A copy of the invented catalogue in which one file was changed. */
async function loading(change: (folder: string) => void): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'pimflow-csv-'))
  cpSync(INVENTED, folder, { recursive: true })
  change(folder)
  try {
    const simulator = await startAkeneo({ catalog: folder })
    await simulator.close()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(CatalogFileError)
    return (error as Error).message
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const editing = (file: string, edit: (text: string) => string) => (folder: string) => {
  const path = join(folder, file)
  writeFileSync(path, edit(readFileSync(path, 'utf8')))
}

/** A value for the first row, in a column that the file has or, as its last one, gets. */
const adding = (file: string, column: string, value: string) =>
  editing(file, (text) => {
    const [header = '', first = '', ...others] = text.split('\n')
    const columns = header.split(';')
    const cells = first.split(';')
    if (!columns.includes(column)) columns.push(column)
    while (cells.length < columns.length) cells.push('')
    cells[columns.indexOf(column)] = value
    return [columns.join(';'), cells.join(';'), ...others].join('\n')
  })

describe('a broken import file', () => {
  it.each([
    [
      'a folder that is none',
      (folder: string) => rmSync(folder, { recursive: true }),
      /there is no such folder$/,
    ],
    [
      'a missing file',
      (folder: string) => rmSync(join(folder, 'families.csv')),
      'families.csv: the file is missing',
    ],
    [
      'a header without a column',
      editing('categories.csv', (text) => text.replace('code;parent', 'code;mother')),
      'categories.csv, line 1: the header lacks the column "parent"',
    ],
    [
      'a row with a cell too many',
      editing('categories.csv', (text) => text.replace('jackets;master;', 'jackets;master;;')),
      'categories.csv, line 8, column 6: 5 columns are expected, as in the header, and 6 found',
    ],
    [
      'an unknown family',
      editing('products.csv', (text) => text.replace('NL-DL7-W;lamps;', 'NL-DL7-W;lampz;')),
      'products.csv, line 2, column 2 (family): unknown family "lampz"',
    ],
    [
      'an unknown attribute',
      editing('products.csv', (text) => text.replace(';dimmable;', ';dimmmable;')),
      /^products\.csv, line 1, column \d+ \(dimmmable\): unknown attribute "dimmmable"$/,
    ],
    [
      'a parent behind its child',
      editing('categories.csv', (text) => text.replace('desk_lamps;lamps;', 'desk_lamps;later;')),
      'categories.csv, line 4, column 2 (parent): unknown category "later"; a parent comes before its children',
    ],
    [
      'an open quote',
      editing('products.csv', (text) => text.replace('Northlamp Desk Light 9 black', '"Northlamp')),
      /^products\.csv, line \d+/,
    ],
    [
      'a quote that is never closed, at the row that opens it',
      editing('categories.csv', (text) => text.replace('jackets;master;', '"jackets;master;')),
      'categories.csv, line 8, column 1: a quote is opened and not closed',
    ],
    [
      'a sort order that is no number',
      editing('attribute_groups.csv', (text) => text.replace('marketing;1;', 'marketing;first;')),
      /^attribute_groups\.csv, line 2, column 2 \(sort_order\): a whole number is expected, "first" found$/,
    ],
    [
      'a bound that is no number',
      adding('attributes.csv', 'number_min', 'few'),
      /^attributes\.csv, line 2, column 18 \(number_min\): a number is expected, "few" found$/,
    ],
    [
      'an unknown measurement family',
      adding('attributes.csv', 'metric_family', 'Lenght'),
      /^attributes\.csv, line 2, column 14 \(metric_family\): unknown measurement family "Lenght"; measures of/,
    ],
    [
      'an unknown label attribute',
      adding('families.csv', 'attribute_as_label', 'nmae'),
      /^families\.csv, line 2, column \d+ \(attribute_as_label\): unknown attribute "nmae"$/,
    ],
    [
      'an unknown picture attribute',
      adding('families.csv', 'attribute_as_image', 'imgae'),
      /^families\.csv, line 2, column \d+ \(attribute_as_image\): unknown attribute "imgae"$/,
    ],
    [
      'a unit for an unknown attribute',
      adding('channels.csv', 'conversion_units', 'wieght:GRAM'),
      /^channels\.csv, line 2, column \d+ \(conversion_units\): unknown attribute "wieght"$/,
    ],
    [
      'a conversion without a unit',
      adding('channels.csv', 'conversion_units', 'weight'),
      /^channels\.csv, line 2, column \d+ \(conversion_units\): "weight" is no pair of an attribute and a unit/,
    ],
    [
      'a label in an unknown locale',
      adding('categories.csv', 'label-xx_XX', 'x'),
      'categories.csv, line 1, column 6 (label-xx_XX): unknown locale "xx_XX"',
    ],
    [
      'a code that is there twice',
      editing('families.csv', (text) => text.replace(/^(.*\n)(.*\n)/, '$1$2$2')),
      'families.csv, line 3, column 1 (code): the code "lamps" is there twice',
    ],
    [
      'a model that is there twice',
      editing('product_models.csv', (text) => text.replace(/^(.*\n)(.*\n)/, '$1$2$2')),
      /^product_models\.csv, line 3, column 1 \(code\): the product model ".+" is there twice$/,
    ],
    [
      'a uuid that is none',
      adding('products.csv', 'uuid', '12'),
      /^products\.csv, line 2, column \d+ \(uuid\): a uuid is expected, "12" found$/,
    ],
    [
      'a number that is none',
      editing('products.csv', (text) => text.replace(/;240(?=;|\n)/, ';many')),
      /^products\.csv, line 2, column \d+ \(stock_main\): a number is expected, "many" found$/,
    ],
  ])('is named with its place: %s', async (_, change, message) => {
    const said = await loading(change)
    if (typeof message === 'string') expect(said).toBe(message)
    else expect(said).toMatch(message)
  })
})

describe('the invented catalogue', () => {
  it('names each attribute of a family once, also where the file names it twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pimflow-csv-'))
    cpSync(INVENTED, folder, { recursive: true })
    editing('families.csv', (text) => text.replace(';sku,name,', ';sku,name,name,'))(folder)
    await withAkeneo({ catalog: folder }, async (api) => {
      const { attributes } = itemOf(await api.get('/families/lamps'))
      expect((attributes as string[]).filter((code) => code === 'name')).toEqual(['name'])
    })
    rmSync(folder, { recursive: true, force: true })
  })

  it('has what its README says', async () => {
    await withAkeneo({ catalog: INVENTED }, async (api) => {
      const count = async (list: string) => (await api.get(`/${list}?with_count=true`)).body.items_count
      expect(
        await Promise.all(['products', 'product-models', 'categories', 'families', 'attributes'].map(count)),
      ).toEqual([240, 34, 12, 5, 27])
      const lamp = itemOf(await api.get('/products/NL-DL7-W'))
      expect(lamp.values['weight']?.[0]?.data).toEqual({ amount: '1.3000', unit: 'KILOGRAM' })
      expect(lamp.values['price']?.[0]?.data).toEqual([
        { amount: '49.90', currency: 'EUR' },
        { amount: '55.00', currency: 'USD' },
      ])
      expect(itemOf(await api.get('/products/NL-404'))).toMatchObject({
        values: { weight: [{ data: { unit: 'STONE' } }] },
      })
      expect((await api.get('/products/DL7-SET')).body['quantified_associations']).toEqual({
        PACK: {
          products: [
            { identifier: 'NL-DL7-W', quantity: 1 },
            { identifier: 'BULB-E14', quantity: 2 },
          ],
          product_models: [],
        },
      })
      expect((await api.get('/products/NL-AC/DC%201')).body['identifier']).toBe('NL-AC/DC 1')
    })
  })
})

const reference = process.env['PIMFLOW_REFERENCE_DATA']

describe.runIf(reference !== undefined)('Akeneo’s demo catalogue', () => {
  it('loads whole, with each level’s own values and parents in any letter case', async () => {
    await withAkeneo({ catalog: reference ?? '' }, async (api) => {
      const count = async (list: string) => (await api.get(`/${list}?with_count=true`)).body.items_count
      expect(
        await Promise.all(['products', 'product-models', 'categories', 'families', 'attributes'].map(count)),
      ).toEqual([1239, 81, 168, 17, 77])
      const variants: Item[] = []
      for (let path: string | undefined = '/products?limit=100'; path !== undefined;) {
        const page = await api.get(path)
        variants.push(...items(page).filter(({ parent }) => parent !== null))
        path = page.body._links?.['next']?.href
      }
      expect(variants).toHaveLength(240)
      for (const { parent } of variants) {
        expect((await api.get(`/product-models/${encodeURIComponent(parent ?? '')}`)).body['code']).toBe(
          parent,
        )
      }
    })
  })
})
