import { describe, expect, it } from 'vitest'
import type { Links } from '../../../connectors/akeneo/translate/index.ts'
import { translateProduct } from '../../../connectors/akeneo/translate/index.ts'
import { groupId, lamp, partnerId, uuid } from './lamps.ts'
import { mapped, shop, shopMapping } from './mapped-lamps.ts'

const links: Links = {
  product: (key) => (key === 'p1' ? { id: partnerId } : undefined),
  group: (code) => (code === 'apollon' ? { id: groupId } : undefined),
}
const pack = 'kits: { PACK: { type: basic } }'
const packed = (products: object[], product_models: object[] = []) =>
  // Also amounts that no answer may hold.
  lamp({}, { quantified_associations: { pack: { products, product_models } } } as never)
const kitOf = (lines: string, source: ReturnType<typeof lamp>) => {
  const { product, warnings } = mapped(lines, source, links)
  return { ...product, warnings }
}
const refusal = (lines: string, source: ReturnType<typeof lamp>) => {
  const translation = translateProduct(source, null, shop, shopMapping(lines).output, links)
  return translation.outcome === 'rejected' ? translation.problem : null
}

describe('a kit', () => {
  it('has its products, then its groups, by whatever name Akeneo gives them and in any letter case', () => {
    const source = packed(
      [
        { identifier: 'p1', quantity: 2 },
        { identifier: null, quantity: 1 },
      ],
      [{ identifier: 'apollon', quantity: 3 }],
    )
    expect(kitOf(pack, source).kit).toEqual({
      type: 'basic',
      components: [
        { kind: 'product', id: partnerId, quantity: '2', unit: 'each' },
        { kind: 'group', id: groupId, quantity: '3', unit: 'each' },
      ],
    })
    expect(
      kitOf(pack, packed([{ uuid: 'p1', quantity: 1 }], [{ code: 'apollon', quantity: 1 }])).kit?.components,
    ).toHaveLength(2)
  })

  it('of a plain association has the quantity that the mapping gives, in the base unit', () => {
    const units = 'units: [{ code: piece, conversion: 1, base: true }]'
    const source = lamp({}, { associations: { UPSELL: { products: ['p1'], product_models: ['apollon'] } } })
    expect(kitOf(`kits: { UPSELL: { type: addOn, quantity: 4 } }\n${units}`, source).kit?.components).toEqual(
      [
        { kind: 'product', id: partnerId, quantity: '4', unit: 'piece' },
        { kind: 'group', id: groupId, quantity: '4', unit: 'piece' },
      ],
    )
  })

  it('by two associations is the first one’s, and that is told', () => {
    const source = {
      ...packed([{ identifier: 'p1', quantity: 2 }]),
      associations: { UPSELL: { products: ['p1'] } },
    }
    const both = 'kits: { PACK: { type: basic }, UPSELL: { type: addOn, quantity: 4 } }'
    const { kit, warnings } = kitOf(both, source)
    expect(kit).toMatchObject({ type: 'basic', components: [{ quantity: '2' }] })
    expect(warnings).toMatchObject([
      { code: 'kit-ambiguous', text: 'is a kit by PACK and by UPSELL; the first in the mapping counts' },
    ])
  })

  it.each([
    ['itself, by its uuid', [{ uuid: uuid.toUpperCase(), quantity: 1 }], [], 'kit-of-itself'],
    ['itself, by its identifier', [{ identifier: 'l-1', quantity: 1 }], [], 'kit-of-itself'],
    ['half a piece', [{ identifier: 'p1', quantity: 0.5 }], [], 'kit-quantity'],
    ['nothing of one', [{ identifier: 'p1', quantity: 0 }], [], 'kit-quantity'],
    ['more than Akeneo itself allows', [], [{ code: 'apollon', quantity: 2 ** 31 }], 'kit-quantity'],
  ])('cannot have %s in it', (_what, products, models, code) => {
    expect(refusal(pack, packed(products, models))).toMatchObject({ code, field: 'PACK' })
  })

  it('goes out without what is not in the hub yet, and says what it lacks', () => {
    const some = packed([
      { identifier: 'p1', quantity: 1 },
      { identifier: 'p2', quantity: 1 },
    ])
    const one = kitOf(pack, some)
    expect(one.kit?.components).toHaveLength(1)
    expect(one.pending).toEqual([{ field: 'kit.components', code: 'p2', why: 'not in the hub yet' }])
    expect(one.warnings[0]?.text).toBe('goes out without p2, which is not in the hub')
    const two = kitOf(pack, packed(['p1', 'p2', 'p3'].map((identifier) => ({ identifier, quantity: 1 }))))
    expect(two.warnings[0]?.text).toBe('goes out without p2, p3, which are not in the hub')
  })

  it('waits for what is missing where the mapping says so, and where nothing else is in it', () => {
    const waiting = 'kits: { PACK: { type: basic, whenIncomplete: wait } }'
    const some = packed([
      { identifier: 'p1', quantity: 1 },
      { identifier: 'p2', quantity: 1 },
    ])
    for (const [lines, source] of [
      [waiting, some],
      [pack, packed([{ identifier: 'p2', quantity: 1 }])],
    ] as const) {
      const { status, reasons } = kitOf(lines, source)
      expect(status).toBe('withheld')
      expect(reasons).toMatchObject([{ code: 'kit-component-missing', text: 'p2 is not in the hub' }])
    }
  })
})
