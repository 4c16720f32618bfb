import { describe, expect, it } from 'vitest'
import { axisValuesOf, translateProduct } from '../../../connectors/akeneo/translate/index.ts'
import {
  accepted,
  ecommerce,
  groupId,
  lamp,
  lamps,
  localized,
  model,
  noLinks,
  plain,
  productOf,
} from './lamps.ts'

const root = model('apollon', {})
const sub = model('apollon_red', {}, { parent: 'apollon' })
const links = { ...noLinks, group: (code: string) => (code === 'apollon' ? { id: groupId } : undefined) }

describe('a variant of two levels', () => {
  const variant = lamp(
    {
      name: localized({ en_US: 'Apollon red' }),
      color: plain('red'),
      size: plain('xl'),
      dimmable: plain(false),
      weight: plain({ amount: '1', unit: 'KILOGRAM' }),
      ean: plain('1234567890123'),
    },
    { parent: 'apollon_red' },
  )
  const { product } = productOf(variant, { root, parent: sub }, links)

  it('belongs to the group of its root model and is where stock is counted', () => {
    expect(product).toMatchObject({ groupId, trackBy: 'variant' })
  })

  it('shows the axis values of both levels', () => {
    expect(product.axisValues).toEqual({ color: 'red', size: 'xl', dimmable: false })
  })

  it('says of each attribute which level owns it; what stands in no set is the root model’s', () => {
    const levels = Object.entries(product.attributes).map(([code, { level }]) => [code, level])
    expect(Object.fromEntries(levels)).toEqual({ color: 1, size: 2, dimmable: 2, weight: 0, ean: 2 })
  })
})

describe('a variant of one level', () => {
  const one = model('stand', {}, { family_variant: 'by_height' })
  const variant = lamp(
    { height: plain({ amount: '90.0000', unit: 'CENTIMETER' }), note: plain('x') },
    { parent: 'stand' },
  )

  it('owns level 1 itself, and a metric axis is a measure that is never converted', () => {
    const { product } = productOf(variant, { root: one, parent: one })
    expect(product.axisValues).toEqual({ height: { amount: '90', unit: 'CENTIMETER' } })
    expect(product.attributes['height']?.level).toBe(1)
    expect(product.attributes['note']?.level).toBe(0)
  })

  it('waits for its group in the open while the hub does not have it', () => {
    const { product } = productOf(variant, { root: one, parent: one })
    expect(product).not.toHaveProperty('groupId')
    expect(product.pending).toEqual([{ field: 'groupId', code: 'stand', why: 'not in the hub yet' }])
  })

  it('goes out without axis values and levels while its model is unknown, and asks for the model', () => {
    const translation = accepted(translateProduct(variant, null, lamps, ecommerce, noLinks))
    expect(translation.record).toMatchObject({
      trackBy: 'variant',
      pending: [{ field: 'groupId', code: 'stand' }],
    })
    expect(translation.record).not.toHaveProperty('axisValues')
    expect(translation.missing).toEqual([{ stream: 'product-models', code: 'stand' }])
  })

  it('does so too while its family variant is unknown', () => {
    const unknown = model('stand', {}, { family_variant: 'brand_new' })
    const translation = accepted(
      translateProduct(variant, { root: unknown, parent: unknown }, lamps, ecommerce, noLinks),
    )
    expect(translation.record).not.toHaveProperty('axisValues')
    expect(translation.warnings).toMatchObject([{ code: 'family-variant-unknown' }])
    expect(translation.missing).toEqual([{ stream: 'family-variants', code: 'brand_new' }])
  })
})

it('axisValuesOf gives the axes that a sub-model has, and those alone', () => {
  const familyVariant = lamps.familyVariants.get('BY_COLOR_SIZE')
  expect(
    familyVariant &&
      axisValuesOf({ values: { color: plain('red'), note: plain('x') } }, familyVariant, lamps),
  ).toEqual({ color: 'red' })
})
