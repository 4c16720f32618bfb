import { describe, expect, it } from 'vitest'
import { compileStillFitting } from '../../../domain/enrichment/convert/compile-enrichment.ts'
import type { TargetStructure } from '../../../domain/enrichment/target.ts'
import { sheetOf } from './sheets.ts'
import { type AttributeChanges, catalogueOf, mappingOf, mappingText, thing } from './target.ts'

const rules = `name: title
short: { from: code, max: 20 }
color: { from: code, map: { X1: red, X2: gone }, default: blue }`

const attributes: Record<string, AttributeChanges> = {
  name: { localizable: true },
  short: {},
  color: { type: 'pim_catalog_simpleselect', options: [{ code: 'red' }, { code: 'gone' }, { code: 'blue' }] },
}

/** What a mapping still makes of a sheet in a catalogue that has become otherwise. */
function still(structure: TargetStructure, { code = 'X1', more = '' } = {}) {
  const { mapping, leftOut, enrichment } = compileStillFitting(mappingOf(mappingText(rules, more)), structure)
  const cells = enrichment.cells(sheetOf({ code, title: { EN: 'Lamp', DE: 'Lampe' } }), thing)
  const made = cells.map(({ attribute, locale, result }) => {
    const what =
      result.kind === 'value' ? JSON.stringify(result.data) : result.kind === 'problem' ? result.code : '-'
    return `${[attribute, locale].filter((part) => part !== null).join(' ')}: ${what}`
  })
  return { mapping, made, leftOut: leftOut.map(({ path, message }) => `${path}: ${message}`) }
}

const all = [
  'name en_US: "Lamp"',
  'name de_DE: "Lampe"',
  'name fr_FR: -',
  'name es_ES: -',
  'short: "X1"',
  'color: "red"',
]

describe('a mapping that fitted when it was applied', () => {
  it('is whole as long as nothing has changed', () =>
    expect(still(catalogueOf(attributes))).toMatchObject({ made: all, leftOut: [] }))

  it.each([
    ['that is gone', ({ short: _, ...others }: typeof attributes) => others, 'there is no attribute short.'],
    [
      'of another type',
      (own: typeof attributes) => ({ ...own, short: { type: 'pim_catalog_number' } }),
      'max: does not fit',
    ],
    [
      'that nobody may write',
      (own: typeof attributes) => ({ ...own, short: { is_read_only: true } }),
      'read-only',
    ],
  ])('does without the rule of an attribute %s', (_, change, reason) => {
    const { made, leftOut, mapping } = still(catalogueOf(change(attributes)))
    expect(made).toEqual(all.filter((line) => !line.startsWith('short')))
    expect(leftOut).toEqual([expect.stringContaining(reason)])
    expect(mapping.attributes.map(({ code }) => code)).toEqual(['name', 'color'])
  })

  it('does without the values that an option stands for which is gone: nothing else is put in its place', () => {
    const color = { ...attributes['color'], options: [{ code: 'red' }, { code: 'blue' }] }
    const structure = catalogueOf({ ...attributes, color })
    const leftOut = ['attributes.color: color has no option gone.']
    expect(still(structure)).toMatchObject({ made: all, leftOut })
    expect(still(structure, { code: 'X2' }).made).toContain('color: option-gone')
  })

  it('does without a channel and a locale that are gone', () => {
    const structure = {
      ...catalogueOf(attributes),
      channels: [{ code: 'print', locales: ['en_US', 'fr_FR', 'es_ES'] }],
    }
    const { made, leftOut } = still(structure)
    expect(made).toEqual(all.filter((line) => !line.includes('de_DE')))
    expect(leftOut).toEqual([
      'channels: there is no channel ecommerce.',
      expect.stringContaining('languages.de_DE: is active in no channel.'),
    ])
  })

  it('chooses nothing where all families that it names are gone', () => {
    const { mapping, leftOut } = still(catalogueOf(attributes), { more: 'products: { family: [others] }' })
    expect(mapping.products.family).toEqual([])
    expect(leftOut).toEqual([expect.stringContaining('there is no family others.')])
  })
})
