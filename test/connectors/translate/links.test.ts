import { describe, expect, it } from 'vitest'
import { references, type Links } from '../../../connectors/akeneo/translate/index.ts'
import { groupId, groupOf, lamp, lamps, model, partnerId, productOf } from './lamps.ts'

const otherId = '0b6f1c1e-0000-4000-8000-000000000004'
const links: Links = {
  product: (key) => ({ p1: { id: partnerId }, p3: { id: otherId } })[key],
  group: (code) => (code.startsWith('apollon') ? { id: groupId } : undefined),
}
const associations = {
  X_SELL: { products: ['p1', 'p3'], product_models: ['apollon_red'], groups: ['promotion'] },
  UPSELL: { products: [], product_models: [], groups: [] },
}

describe('related', () => {
  it('has products, then groups, counted from 1 within the type; product groups are ignored', () => {
    const { product } = productOf(lamp({}, { associations }), null, links)
    expect(product.related).toEqual([
      { type: 'X_SELL', kind: 'product', id: partnerId, position: 1 },
      { type: 'X_SELL', kind: 'product', id: otherId, position: 2 },
      { type: 'X_SELL', kind: 'group', id: groupId, position: 3 },
    ])
    expect(product).not.toHaveProperty('pending')
  })

  it('keeps the place of a partner that is missing, which is pending', () => {
    const { product } = productOf(
      lamp({}, { associations: { UPSELL: { products: ['p1', 'p2', 'p3'], product_models: ['zeus'] } } }),
      null,
      links,
    )
    expect(product.related.map(({ id, position }) => [id, position])).toEqual([
      [partnerId, 1],
      [otherId, 3],
    ])
    expect(product.pending).toEqual([
      { field: 'related.UPSELL', code: 'p2', why: 'not in the hub yet' },
      { field: 'related.UPSELL', code: 'zeus', why: 'not in the hub yet' },
    ])
  })

  it('names a group once when two of its sub-models are linked', () => {
    const { product } = productOf(
      lamp({}, { associations: { X_SELL: { product_models: ['apollon_red', 'apollon_blue'] } } }),
      null,
      links,
    )
    expect(product.related).toEqual([{ type: 'X_SELL', kind: 'group', id: groupId, position: 1 }])
  })

  it('has no partner without a key, and none of a quantified type: kits are proposed, never assumed', () => {
    // Akeneo shows null for a partner without identifier, where its documentation says text.
    const products = [null, 'p1'] as string[]
    const { product } = productOf(
      lamp({}, { associations: { X_SELL: { products }, PACK: { products: ['p3'] } } }),
      null,
      links,
    )
    expect(product.related).toEqual([{ type: 'X_SELL', kind: 'product', id: partnerId, position: 1 }])
    expect(product).not.toHaveProperty('kit')
  })

  it('of a group are those of its root model', () => {
    const { group } = groupOf(
      { root: model('zeus', {}, { associations }), subModels: [], variants: [] },
      links,
    )
    expect(group.related).toHaveLength(3)
  })
})

it('references names each partner of plain types once', () => {
  const source = lamp(
    {},
    {
      associations: {
        ...associations,
        UPSELL: { products: ['p1', 'p2'], product_models: ['zeus'] },
        PACK: { products: ['p9'], product_models: ['hera'] },
      },
    },
  )
  expect(references(source, lamps)).toEqual({
    products: ['p1', 'p2', 'p3'],
    models: ['zeus', 'apollon_red'],
  })
})
