import { describe, expect, it } from 'vitest'
import { readIcecatMappingFile } from '../../../connectors/mapping-file.ts'
import { firstFile, isKeyAttribute } from '../../../domain/enrichment/suggest/first-file.ts'
import { type AttributeChanges, catalogueOf } from './target.ts'

const languages = [
  { locale: 'de_DE', chain: ['DE'] },
  { locale: 'en_US', chain: ['US', 'EN'] },
]
const fileFor = (attributes: Record<string, AttributeChanges>, spoken = languages) =>
  firstFile({ preset: 'managed', structure: catalogueOf(attributes), languages: spoken, suggestions: [] })

describe('a first file of a catalogue', () => {
  it('that names nothing by which Icecat knows products asks by the identifier, and says what to do', () => {
    const text = fileFor({ name: {} })
    expect(text).toContain('  - { gtin: [$identifier] } # name the attribute that holds it')
    expect(text).toContain('attributes: {}')
    expect(text).not.toContain('media:')
    expect(readIcecatMappingFile({ name: 'first.icecat.yaml', text }).problems).toEqual([])
  })

  it('with brands but no part numbers asks by brand and identifier', () => {
    const brand: AttributeChanges = { type: 'pim_catalog_simpleselect' }
    expect(fileFor({ brand })).toContain(
      '  - { brand: { from: brand, as: label, locale: en_US }, code: $identifier }',
    )
    // Brands are named alike in all languages: any of them serves where English is not spoken.
    expect(fileFor({ brand }, languages.slice(0, 1))).toContain('as: label, locale: de_DE }')
    expect(fileFor({ brand: {} })).toContain('  - { brand: brand, code: $identifier }')
    expect(fileFor({ brand })).not.toContain('gtin:')
  })

  it('asks by every barcode of a piece, and by none of a case', () => {
    const text = fileFor({ ean: {}, upc_2: {}, case_ean: {}, gtin: { type: 'pim_catalog_simpleselect' } })
    expect(text).toContain('  - { gtin: [ean, upc_2] }')
  })
})

describe('what products are found by', () => {
  it.each([
    ['sku', 'pim_catalog_identifier', true],
    ['ean', 'pim_catalog_text', true],
    ['Manufacturer', 'pim_catalog_simpleselect', true],
    ['part_number', 'pim_catalog_text', true],
    ['weight', 'pim_catalog_metric', false],
    ['pack_ean', 'pim_catalog_text', false],
  ])('is %s: %s: %s', (code, type, is) => {
    expect(isKeyAttribute({ code, type, localizable: false, scopable: false })).toBe(is)
  })
})
