import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { HubProduct } from '../../../contracts/hub.ts'
import { StreamName } from '../../../contracts/streams.ts'
import {
  type AkeneoProduct,
  AkeneoProductByUuid,
  AkeneoProductModel,
} from '../../../connectors/akeneo/schema.ts'
import {
  buildStructure,
  compileOutput,
  type Links,
  type OutputSettings,
  type Structure,
  translateProduct,
} from '../../../connectors/akeneo/translate/index.ts'
import { readMappingFile } from '../../../connectors/mapping-file.ts'
import { accepted } from './lamps.ts'
import { readThroughApi } from './whole-catalogue.ts'

const examples = fileURLToPath(new URL('../../../examples', import.meta.url))
const mappingFile = async (name: string) =>
  readMappingFile({ name, text: await readFile(`${examples}/mapping/${name}`, 'utf8') })

async function structureOf(
  catalog: string,
): Promise<{ structure: Structure; read: Map<StreamName, unknown[]> }> {
  const read = await readThroughApi(catalog)
  const records = StreamName.options.flatMap((stream) =>
    (read.get(stream) ?? []).map((source) => ({ stream, source })),
  )
  return { structure: buildStructure(records), read }
}

describe('northlamp.hub.yaml on the invented catalogue', () => {
  let output: OutputSettings
  let structure: Structure
  let products: (AkeneoProduct & { uuid: string })[]
  let models: AkeneoProductModel[]

  beforeAll(async () => {
    const { mapping, problems } = await mappingFile('northlamp.hub.yaml')
    expect(problems).toEqual([])
    const found = await structureOf(`${examples}/catalog`)
    structure = found.structure
    products = (found.read.get('products') ?? []).map((product) => AkeneoProductByUuid.parse(product))
    models = (found.read.get('product-models') ?? []).map((model) => AkeneoProductModel.parse(model))
    if (mapping) output = compileOutput(mapping, structure)
  })

  const skuOf = ({ values }: AkeneoProduct) => values['sku']?.[0]?.data
  const bySku = (sku: string): AkeneoProduct & { uuid: string } => {
    const found = products.find((product) => skuOf(product) === sku)
    if (!found) throw new Error(`${sku} is not in the catalogue`)
    return found
  }
  const modelOf = (code: string | null | undefined) =>
    models.find((model) => model.code.toLowerCase() === code?.toLowerCase())

  /** Ids that can be read: the partner's uuid, and one for each group. */
  const groupIds: Record<string, string> = {
    fjord_pendant: '0b6f1c1e-0000-4000-8000-000000000001',
    jacket_fell: '0b6f1c1e-0000-4000-8000-000000000002',
  }
  const linksWithout = (...missing: string[]): Links => ({
    product: (uuid) => {
      const found = products.find((product) => product.uuid === uuid)
      return found && !missing.includes(String(skuOf(found))) ? { id: uuid } : undefined
    },
    group: (code) => {
      const id = groupIds[code]
      return id === undefined ? undefined : { id }
    },
    ancestors: () => ['master'],
  })

  function recordOf(sku: string, links = linksWithout()) {
    const source = bySku(sku)
    const parent = modelOf(source.parent)
    const above = parent ? { root: modelOf(parent.parent) ?? parent, parent } : null
    const { record, warnings } = accepted(translateProduct(source, above, structure, output, links))
    expect(HubProduct.omit({ id: true, version: true }).safeParse(record).error).toBeUndefined()
    const media = 'media' in record ? (record.media ?? []).map(({ role, fileName }) => [role, fileName]) : []
    return { record: { ...record, media }, warnings }
  }

  it('fits the catalogue without an error or a doubt', () => {
    expect(output.problems).toEqual([])
  })

  it('makes of a simple product what was written down by hand', () => {
    const { record } = recordOf('NL-DL7-W')
    expect(record).toEqual({
      kind: 'product',
      status: 'active',
      source: {
        uuid: bySku('NL-DL7-W').uuid,
        code: 'NL-DL7-W',
        updated: record.source.updated,
        mapping: 'northlamp.hub@3',
      },
      sku: 'NL-DL7-W',
      type: 'physical',
      trackBy: 'product',
      name: {
        en_US: 'Northlamp Desk Light 7',
        de_DE: 'Northlamp Desk Light 7',
        fr_FR: 'Northlamp Desk Light 7',
      },
      description: {
        en_US: '<p>Warm light from the Northlamp Desk Light 7.</p>',
        de_DE: '<p>Die Northlamp Desk Light 7 für jeden Raum.<br>Einfach schön.</p>',
        fr_FR: '<p>La Northlamp Desk Light 7, une lumière douce.</p>',
      },
      brand: { en_US: 'Northlamp', de_DE: 'Northlamp', fr_FR: 'Northlamp' },
      barcode: '2000000123462',
      alternateIds: [{ type: 'mpn', value: 'NL-DL7-W' }],
      taxClass: 'standard',
      categories: ['lamps', 'sales_lamps'],
      prices: { EUR: { list: '49.9', sale: '39.9' }, USD: { list: '55' } },
      attributes: {
        weight: { type: 'measure', value: { amount: '1.3', unit: 'KILOGRAM' } },
        power: { type: 'measure', value: { amount: '5', unit: 'WATT' } },
        main_color: { type: 'option', value: 'white' },
        dimmable: { type: 'boolean', value: true },
        release_date: { type: 'date', value: '2025-02-14' },
        care_note: {
          type: 'text',
          values: { en_US: 'Dry cloth only', de_DE: 'Nur trocken abwischen', fr_FR: 'Chiffon sec' },
        },
      },
      media: [
        ['main', 'dl7.png'],
        ['manual', 'dl7.pdf'],
      ],
      units: [
        { code: 'each', conversion: '1', base: true },
        { code: 'case', conversion: '12', barcode: '2000000123455', prices: { EUR: { list: '539' } } },
      ],
      inventory: [{ location: 'main', unit: 'each', quantity: '240' }],
      related: [
        { type: 'upSell', kind: 'product', id: bySku('DL7-SET').uuid, position: 1 },
        { type: 'crossSell', kind: 'product', id: bySku('NL-DL7-B').uuid, position: 1 },
        { type: 'crossSell', kind: 'group', id: groupIds['fjord_pendant'], position: 2 },
      ],
    })
  })

  it('makes of a variant what was written down by hand: names by locale, grams as kilograms, levels', () => {
    const { record } = recordOf('CAL-FELL-BLACK-M')
    expect(record).toMatchObject({
      name: { en_US: 'Fell jacket black', de_DE: 'Fell-Jacke Schwarz', fr_FR: 'Fell jacket black' },
      groupId: groupIds['jacket_fell'],
      axisValues: { color: 'black', size: 'm' },
      trackBy: 'variant',
      taxClass: 'reduced',
      prices: { EUR: { list: '89' }, USD: { list: '99' } },
      attributes: {
        weight: { type: 'measure', value: { amount: '0.64', unit: 'KILOGRAM' }, level: 2 },
        size_class: { type: 'text', value: 'medium', level: 2 },
        made_of: {
          type: 'text',
          values: { en_US: 'Made of Wool', de_DE: 'Made of Wolle', fr_FR: 'Made of Laine' },
          level: 0,
        },
      },
      media: [['main', 'jacket_fell_black.png']],
      inventory: [{ location: 'main', unit: 'each', quantity: '17' }],
    })
  })

  it('puts the set together, and holds it while a part is missing', () => {
    expect(recordOf('DL7-SET').record).toMatchObject({
      status: 'active',
      kit: {
        type: 'basic',
        components: [
          { kind: 'product', id: bySku('NL-DL7-W').uuid, quantity: '1', unit: 'each' },
          { kind: 'product', id: bySku('BULB-E14').uuid, quantity: '2', unit: 'each' },
        ],
      },
    })
    expect(recordOf('DL7-SET', linksWithout('BULB-E14')).record).toMatchObject({
      status: 'withheld',
      reasons: [{ code: 'kit-component-missing' }],
      pending: [{ field: 'kit.components', code: bySku('BULB-E14').uuid }],
    })
  })

  it('reports a barcode with a wrong check digit, keeps it among the attributes and goes on', () => {
    const { record, warnings } = recordOf('NL-DL3-B')
    expect(record).not.toHaveProperty('barcode')
    expect(record).toMatchObject({ status: 'active', attributes: { ean: { type: 'text' } } })
    expect(warnings).toMatchObject([{ code: 'gtin-check-digit', field: 'ean' }])
  })

  it('refuses the product that weighs 2 STONE', () => {
    expect(translateProduct(bySku('NL-404'), null, structure, output, linksWithout())).toMatchObject({
      outcome: 'rejected',
      problem: { code: 'unit-unknown', text: 'unit "STONE" is not in Weight' },
    })
  })

  it('withholds what is in no category of the tree that the file names', () => {
    const outside: Links = { ...linksWithout(), ancestors: () => [] }
    expect(recordOf('NL-DL7-W', outside).record).toMatchObject({ reasons: [{ code: 'outside-tree' }] })
  })
})

const reference = process.env['PIMFLOW_REFERENCE_DATA']

describe('acme.hub.yaml', () => {
  it('is well-formed', async () => {
    expect((await mappingFile('acme.hub.yaml')).problems).toEqual([])
  })

  it.skipIf(reference === undefined)(
    "fits Akeneo's demo catalogue but for cases and stock, which it lacks",
    async () => {
      const { mapping } = await mappingFile('acme.hub.yaml')
      const { structure } = await structureOf(reference ?? '')
      const problems = mapping ? compileOutput(mapping, structure).problems : []
      const errors = problems.filter(({ severity }) => severity === 'error')
      expect(new Set(errors.map(({ message }) => /"(\w+)"/.exec(message)?.[1]))).toEqual(
        new Set(['case_quantity', 'case_ean', 'case_price', 'stock_main']),
      )
    },
  )
})
