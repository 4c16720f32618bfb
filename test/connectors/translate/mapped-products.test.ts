import { describe, expect, it } from 'vitest'
import {
  groupModel,
  translateGroup,
  translateProduct,
  type Links,
} from '../../../connectors/akeneo/translate/index.ts'
import { accepted, lamp, localized, model, noLinks, partnerId, plain, uuid } from './lamps.ts'
import { mapped, shop, shopMapping } from './mapped-lamps.ts'

describe('fields of a product', () => {
  it('fills brand, tax class, numbers and prices, and takes them from the attributes', () => {
    const { product } = mapped(
      `product:
  brand: { from: color, as: label }
  taxClass: { from: $family, map: { lamps: reduced }, default: standard }
  alternateIds: { erp: erp_number, old: note }
  type: { from: dimmable, map: { true: virtual }, default: physical }
  prices: { list: price, sale: case_price }`,
      lamp({
        color: plain('red'),
        erp_number: plain('E-7'),
        dimmable: plain(true),
        price: plain([{ amount: '10.00', currency: 'EUR' }]),
        case_price: plain([
          { amount: '8', currency: 'EUR' },
          { amount: '9', currency: 'USD' },
        ]),
      }),
    )
    expect(product).toMatchObject({
      brand: { en_US: 'RED', fr_FR: 'RED' },
      taxClass: 'reduced',
      type: 'virtual',
      alternateIds: [{ type: 'erp', value: 'E-7' }],
      prices: { EUR: { list: '10', sale: '8' } },
      source: { mapping: 'lamps@7' },
    })
    expect(product.attributes).toEqual({})
  })

  it('withholds what lacks a required value, and says which', () => {
    const { product } = mapped('product: { name: { from: name, required: true } }', lamp({}))
    expect(product).toMatchObject({
      status: 'withheld',
      reasons: [{ code: 'required-missing' }],
      name: { en_US: 'L-1' },
    })
  })

  it.each([
    ['a type', 'product: { type: { from: erp_number, map: { V: virtual }, required: true } }', {}],
    [
      'the content of a unit',
      'units: [{ code: piece, conversion: 1, base: true }, { code: case, conversion: { from: bulbs, required: true } }]',
      {},
    ],
    [
      'the price of a unit that it is sold by',
      `units:
  - { code: piece, conversion: 1, base: true }
  - { code: case, conversion: bulbs, prices: { list: { from: case_price, required: true } }, when: { filled: [bulbs] } }`,
      { bulbs: plain(12) },
    ],
    [
      'a stock',
      'inventory: { levels: [{ location: main, unit: each, quantity: { from: bulbs, required: true } }] }',
      {},
    ],
  ])('withholds what lacks %s that the file requires', (_what, text, values) => {
    expect(mapped(text, lamp(values)).product).toMatchObject({
      status: 'withheld',
      reasons: [{ code: 'required-missing' }],
    })
  })

  it('asks for nothing of a unit that it is not sold by', () => {
    const text = `units:
  - { code: piece, conversion: 1, base: true }
  - { code: case, conversion: bulbs, prices: { list: { from: case_price, required: true } }, when: { filled: [bulbs] } }`
    expect(mapped(text, lamp({})).product.status).toBe('active')
  })

  const units = `units:
  - { code: piece, conversion: 1, base: true, weight: { from: weight, unit: GRAM } }
  - { code: case, conversion: bulbs, barcode: ean, prices: { list: case_price }, when: { filled: [bulbs] } }
inventory: { trackBy: product, levels: [{ location: main, unit: piece, quantity: bulbs }] }`

  it('sells by units, and leaves out one whose condition does not hold or whose content is nothing', () => {
    const { product } = mapped(
      units,
      lamp({
        bulbs: plain(12),
        ean: plain('4006381333931'),
        weight: plain({ amount: '1.5', unit: 'KILOGRAM' }),
        case_price: plain([{ amount: '99', currency: 'EUR' }]),
      }),
    )
    expect(product.units).toEqual([
      { code: 'piece', conversion: '1', base: true, weight: { amount: '1500', unit: 'GRAM' } },
      { code: 'case', conversion: '12', barcode: '4006381333931', prices: { EUR: { list: '99' } } },
    ])
    expect(product.inventory).toEqual([{ location: 'main', unit: 'piece', quantity: '12' }])
    expect(product.attributes).toEqual({})
    expect(mapped(units, lamp({})).product.units.map(({ code }) => code)).toEqual(['piece'])
    expect(mapped(units, lamp({})).product).not.toHaveProperty('inventory')
    expect(mapped(units, lamp({ bulbs: plain(0) })).warnings).toMatchObject([{ code: 'unit-conversion' }])
  })

  it('carries each file by the first line that finds it', () => {
    const { product } = mapped(
      'media: [{ role: main, from: [detail, $image] }, { role: gallery, from: picture }, { role: gallery, from: detail }]',
      lamp({ detail: plain('a/1_d.jpg'), picture: plain('b/2_p.jpg') }),
    )
    expect(product.media.map(({ role, fileName }) => [role, fileName])).toEqual([
      ['main', 'd.jpg'],
      ['gallery', 'p.jpg'],
    ])
  })

  it('lets through only what the file includes, without what it leaves out', () => {
    const values = { note: plain('n'), bulbs: plain(2), slogan: plain('s') }
    const codes = (lines: string) =>
      Object.keys(mapped(`attributes: ${lines}`, lamp(values)).product.attributes)
    expect(codes('{ include: all, except: [note] }')).toEqual(['bulbs'])
    expect(codes('{ include: [NOTE, bulbs] }')).toEqual(['note', 'bulbs'])
    expect(codes('{ include: none }')).toEqual([])
  })
})

describe('publication', () => {
  const publish = 'publish: { enabled: true, within: [master], complete: { atLeast: 80, locales: [en_US] } }'
  const inMaster: Links = { ...noLinks, ancestors: () => ['master', 'home'] }
  const complete = (data: number) => ({ completenesses: [{ scope: 'ecommerce', locale: 'en_US', data }] })

  it('publishes what is enabled, deep enough in the tree and complete enough', () => {
    expect(mapped(publish, lamp({}, complete(80)), inMaster).product.status).toBe('active')
  })

  it.each([
    ['disabled', lamp({}, { ...complete(90), enabled: false }), inMaster],
    ['outside-tree', lamp({}, complete(90)), noLinks],
    ['incomplete', lamp({}, complete(79)), inMaster],
    ['incomplete', lamp({}), inMaster],
  ])('withholds what is %s, with its reason and a remedy', (code, source, links) => {
    const { product } = mapped(publish, source, links)
    expect(product.status).toBe('withheld')
    expect(product.reasons).toMatchObject([{ code, remedy: expect.any(String) as string }])
  })
})

describe('related and kits', () => {
  const links: Links = {
    product: (key) => (key.startsWith('part') ? { id: partnerId } : undefined),
    group: () => undefined,
  }
  const pack = (...products: { uuid: string; quantity: number }[]) => ({
    quantified_associations: { PACK: { products } },
  })

  it('names relations as the file does and carries no others', () => {
    const associations = { X_SELL: { products: ['part'] }, UPSELL: { products: ['part'] } }
    const { product } = mapped('related: { X_SELL: crossSell }', lamp({}, { associations }), links)
    expect(product.related).toEqual([{ type: 'crossSell', kind: 'product', id: partnerId, position: 1 }])
  })

  it('puts a kit together from a quantified type, in the base unit', () => {
    const { product } = mapped(
      'kits: { PACK: { type: basic } }',
      lamp({}, pack({ uuid: 'part', quantity: 2 })),
      links,
    )
    expect(product.kit).toEqual({
      type: 'basic',
      components: [{ kind: 'product', id: partnerId, quantity: '2', unit: 'each' }],
    })
  })

  it('puts a kit together from a plain type with the quantity of the file', () => {
    const associations = { UPSELL: { products: ['part'] } }
    const { product } = mapped(
      'kits: { UPSELL: { type: addOn, quantity: 3 } }',
      lamp({}, { associations }),
      links,
    )
    expect(product.kit).toMatchObject({ type: 'addOn', components: [{ quantity: '3' }] })
  })

  const twoOfThem = lamp({}, pack({ uuid: 'part', quantity: 1 }, { uuid: 'gone', quantity: 1 }))

  it('skips a component that is missing, and says so', () => {
    const { product, warnings } = mapped('kits: { PACK: { type: basic } }', twoOfThem, links)
    expect(product).toMatchObject({ status: 'active', pending: [{ field: 'kit.components', code: 'gone' }] })
    expect(product.kit?.components).toHaveLength(1)
    expect(warnings).toMatchObject([{ code: 'kit-item-skipped' }])
  })

  it('waits for it where the file says wait, and where nothing is left of the kit', () => {
    const waiting = mapped('kits: { PACK: { type: basic, whenIncomplete: wait } }', twoOfThem, links).product
    expect(waiting).toMatchObject({ status: 'withheld', reasons: [{ code: 'kit-component-missing' }] })
    const empty = mapped(
      'kits: { PACK: { type: basic } }',
      lamp({}, pack({ uuid: 'gone', quantity: 1 })),
      links,
    )
    expect(empty.product.status).toBe('withheld')
  })

  it.each([
    ['of itself', 'kit-of-itself', pack({ uuid, quantity: 1 })],
    ['with none of a component', 'kit-quantity', pack({ uuid: 'part', quantity: 0 })],
    ['with more than Akeneo allows', 'kit-quantity', pack({ uuid: 'part', quantity: 2_147_483_648 })],
  ])('refuses a kit %s', (_what, code, more) => {
    const { output } = shopMapping('kits: { PACK: { type: basic } }')
    const translation = translateProduct(lamp({}, more), null, shop, output, links)
    expect(translation).toMatchObject({ outcome: 'rejected', problem: { code, field: 'PACK' } })
  })
})

describe('groups at the lowest level', () => {
  it('are one for each sub-model, with its own axes and all values from above', () => {
    const { output } = shopMapping('variants: { groupAt: lowest }')
    const values = { color: plain('red'), note: plain('n'), name: localized({ en_US: 'Red' }) }
    const root = model('apollon', { note: plain('n') })
    const red = model('apollon_red', values, { parent: 'apollon' })
    expect(groupModel({ root, parent: red }, output).code).toBe('apollon_red')
    const variants = [{ active: true, axisValues: { color: 'red', size: 'm', dimmable: true } }]
    const { record } = accepted(translateGroup({ root: red, subModels: [], variants }, shop, output, noLinks))
    expect(record).toMatchObject({
      name: { en_US: 'Red' },
      attributes: { color: { value: 'red' }, note: { value: 'n' } },
    })
    expect(record).not.toHaveProperty('subgroups')
    expect('axes' in record ? record.axes.map(({ attribute }) => attribute) : []).toEqual([
      'size',
      'dimmable',
    ])
  })
})
