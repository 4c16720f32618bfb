import { describe, expect, it } from 'vitest'
import type { AxisValue } from '../../../contracts/hub.ts'
import { translateGroup } from '../../../connectors/akeneo/translate/index.ts'
import { ecommerce, groupOf, lamps, localized, model, noLinks, plain } from './lamps.ts'

const variant = (axisValues: Record<string, AxisValue>, active = true) => ({ active, axisValues })
const root = model(
  'apollon',
  {
    note: plain('Shared'),
    ean: plain('4006381333931'),
    price: plain([{ amount: '899', currency: 'EUR' }]),
    case_price: plain([{ amount: '8000', currency: 'EUR' }]),
    description: [{ locale: 'en_US', scope: 'ecommerce', data: 'A suit of lamps' }],
    detail: plain('a/a_detail.jpg'),
  },
  { categories: ['z', 'a'] },
)
const red = model(
  'apollon_red',
  {
    ...root.values,
    color: plain('red'),
    name: localized({ en_US: 'Apollon red' }),
    picture: plain('b/b_red.jpg'),
  },
  { parent: 'apollon' },
)
const blue = model('apollon_blue', { ...root.values, color: plain('blue') }, { parent: 'apollon' })
const variants = [
  variant({ color: 'red', size: 'xl', dimmable: true }),
  variant({ color: 'blue', size: 'm', dimmable: false }),
  variant({ color: 'red', size: 'm', dimmable: false }, false),
]

describe('a group of two levels', () => {
  const { group } = groupOf({ root, subModels: [red, blue], variants })

  it('is named by its code where the label is not a matter of the root model', () => {
    expect(group.name).toEqual({ en_US: 'apollon', fr_FR: 'apollon' })
  })

  it('has the description, categories and media of its root model', () => {
    expect(group.description).toEqual({ en_US: 'A suit of lamps' })
    expect(group.categories).toEqual(['z', 'a'])
    expect(group.media).toEqual([{ role: 'gallery', code: 'a/a_detail.jpg', fileName: 'detail.jpg' }])
  })

  it('has attributes of the root level only, without the level, and carries no prices', () => {
    expect(group.attributes).toEqual({
      note: { type: 'text', value: 'Shared' },
      case_price: { type: 'prices', value: { EUR: '8000' } },
    })
    expect(group).not.toHaveProperty('prices')
  })

  it('lists the axes with what its variants have, in the order of the options', () => {
    expect(group.axes).toEqual([
      { attribute: 'color', level: 1, values: ['red', 'blue'] },
      { attribute: 'size', level: 2, values: ['m', 'xl'] },
      { attribute: 'dimmable', level: 2, values: [false, true] },
    ])
  })

  it('has its sub-models as subgroups by code, each with the name and media of that level', () => {
    expect(group.subgroups).toEqual([
      {
        code: 'apollon_blue',
        axisValues: { color: 'blue' },
        name: { en_US: 'apollon_blue', fr_FR: 'apollon_blue' },
        media: [],
      },
      {
        code: 'apollon_red',
        axisValues: { color: 'red' },
        name: { en_US: 'Apollon red', fr_FR: 'apollon_red' },
        media: [{ role: 'main', code: 'b/b_red.jpg', fileName: 'red.jpg' }],
      },
    ])
  })

  it('does not hang on the order in which sub-models and variants come', () => {
    expect(groupOf({ root, subModels: [blue, red], variants: [...variants].reverse() }).group).toEqual(group)
  })

  it('is known by its code', () => {
    expect(group.source).toEqual({
      uuid: null,
      code: 'apollon',
      updated: '2026-11-20T08:15:30Z',
      mapping: 'default@1',
    })
  })
})

describe('a group of one level', () => {
  const stand = model('stand', { name: localized({ en_US: 'Stand' }) }, { family_variant: 'by_height' })
  const high = (amount: string, unit: string) => variant({ height: { amount, unit } })

  it('has the label of its root model and no subgroups', () => {
    const { group } = groupOf({ root: stand, subModels: [], variants: [high('90', 'INCH')] })
    expect(group.name).toEqual({ en_US: 'Stand', fr_FR: 'stand' })
    expect(group).not.toHaveProperty('subgroups')
  })

  it('lists measures once each, by unit and size', () => {
    const { group } = groupOf({
      root: stand,
      subModels: [],
      variants: [high('90', 'INCH'), high('100', 'INCH'), high('90', 'INCH'), high('200', 'CENTIMETER')],
    })
    expect(group.axes[0]?.values).toEqual([
      { amount: '200', unit: 'CENTIMETER' },
      { amount: '90', unit: 'INCH' },
      { amount: '100', unit: 'INCH' },
    ])
  })

  it('puts options that the dictionary does not know after the others, by code', () => {
    const values = ['zinc', 'ash', 'blue'].map((color) => variant({ color }))
    expect(groupOf({ root, subModels: [], variants: values }).group.axes[0]?.values).toEqual([
      'blue',
      'ash',
      'zinc',
    ])
  })
})

describe('status', () => {
  const statusOf = (active: boolean[]) => {
    const { group } = groupOf({ root, subModels: [], variants: active.map((one) => variant({}, one)) })
    return [group.status, group.reasons?.map(({ code }) => code)]
  }

  it('is active while one variant is', () => {
    expect(statusOf([false, true])).toEqual(['active', undefined])
  })

  it('is withheld without variants', () => {
    expect(statusOf([])).toEqual(['withheld', ['no-variants']])
  })

  it('is withheld while no variant is active', () => {
    expect(statusOf([false, false])).toEqual(['withheld', ['no-active-variant']])
  })
})

it('a group is rejected for a unit of its root model that no family has', () => {
  const heavy = model('heavy', { weight: plain({ amount: '1', unit: 'STONE' }) })
  expect(
    translateGroup({ root: heavy, subModels: [], variants: [] }, lamps, ecommerce, noLinks),
  ).toMatchObject({
    outcome: 'rejected',
    problem: { code: 'unit-unknown', field: 'weight' },
  })
})

it('an attribute that root and sub-models both show is asked for once', () => {
  const values = { brand_new: plain('x') }
  const translation = translateGroup(
    {
      root: model('apollon', values),
      subModels: [model('apollon_red', values, { parent: 'apollon' })],
      variants,
    },
    lamps,
    ecommerce,
    noLinks,
  )
  expect(translation).toMatchObject({ missing: [{ stream: 'attributes', code: 'brand_new' }] })
})

it('a group of an unknown family variant goes out without axes and asks for it', () => {
  const translation = translateGroup(
    { root: model('new', {}, { family_variant: 'brand_new' }), subModels: [], variants },
    lamps,
    ecommerce,
    noLinks,
  )
  expect(translation).toMatchObject({
    outcome: 'record',
    record: { axes: [] },
    missing: [{ stream: 'family-variants', code: 'brand_new' }],
  })
})
