import { describe, expect, it } from 'vitest'
import { translateAttribute, translateCategory } from '../../../connectors/akeneo/translate/index.ts'
import { accepted, ecommerce, lamps } from './lamps.ts'

function attributeRecord(code: string) {
  const source = lamps.attributes.get(code)
  if (!source) throw new Error(`lamps have no ${code}`)
  return accepted(translateAttribute(source, lamps, ecommerce)).record
}

describe('a dictionary entry', () => {
  it("has labels in the output's locales only", () => {
    expect(attributeRecord('name')).toEqual({
      kind: 'attribute',
      status: 'active',
      source: { uuid: null, code: 'name', updated: '', mapping: 'default@1' },
      code: 'name',
      type: 'text',
      labels: { en_US: 'Name' },
    })
  })

  it('lists options in their order, counted from 1', () => {
    expect(attributeRecord('color')).toMatchObject({
      type: 'option',
      options: [
        { code: 'red', labels: { en_US: 'RED' }, position: 1 },
        { code: 'blue', labels: { en_US: 'BLUE' }, position: 2 },
        { code: 'white', labels: { en_US: 'WHITE' }, position: 3 },
      ],
    })
  })

  it('names the unit family of a measure', () => {
    expect(attributeRecord('weight')).toMatchObject({ type: 'measure', unitFamily: 'Weight' })
    expect(attributeRecord('note')).not.toHaveProperty('unitFamily')
    expect(attributeRecord('note')).not.toHaveProperty('options')
  })

  it.each([
    ['picture', 'file'],
    ['erp_number', 'identifier'],
    ['case_price', 'prices'],
    ['hologram', 'acme_hologram'],
  ])('of %s has the type %s', (code, type) => {
    expect(attributeRecord(code)).toMatchObject({ type })
  })
})

describe('a category', () => {
  const source = {
    code: 'desk',
    parent: 'LAMPS',
    updated: '2026-11-20T08:15:30+00:00',
    labels: { en_US: 'Desk', fr_FR: '', it_IT: 'Scrivania' },
  }

  it('has its place, the parent as that writes its own code, and labels of the output', () => {
    const place = { path: ['master', 'lamps'], position: 3 }
    expect(accepted(translateCategory(source, place, ecommerce)).record).toEqual({
      kind: 'category',
      status: 'active',
      source: { uuid: null, code: 'desk', updated: '2026-11-20T08:15:30Z', mapping: 'default@1' },
      code: 'desk',
      parent: 'lamps',
      path: ['master', 'lamps'],
      position: 3,
      labels: { en_US: 'Desk' },
    })
  })

  it('without parent is the root of a tree', () => {
    const root = accepted(
      translateCategory({ ...source, parent: null }, { path: [], position: 1 }, ecommerce),
    ).record
    expect(root).toMatchObject({ parent: null, path: [] })
  })
})
