import { describe, expect, it } from 'vitest'
import { CodeMap } from '../../../domain/code-map.ts'
import {
  rawAttributeRows,
  rawPreset,
  suggestionLines,
} from '../../../domain/enrichment/suggest/raw-preset.ts'
import type { ListedFeature } from '../../../domain/enrichment/suggest/suggest-mapping.ts'
import type { TargetAttribute } from '../../../domain/enrichment/target.ts'
import { apiOf } from '../../simulator/api.ts'
import { startAkeneo } from '../../../simulator/akeneo/index.ts'
import { featureOf, sheetOf } from './sheets.ts'
import { catalogueOf, enrichmentOf, mappingText, thing, unitFamilies } from './target.ts'

const feature = (id: string, type: string, sign = ''): ListedFeature => ({
  id,
  names: { EN: `Feature ${id}`, DE: `Merkmal ${id}` },
  type,
  measure: sign === '' ? null : { id: '0', sign },
  restrictedValues: [],
})

const features = [
  feature('944', 'numerical', '"'),
  feature('94', 'numerical', 'kg'),
  feature('3566', 'numerical'),
  feature('1389', 'numerical', 'cd/m²'),
  feature('4963', 'y_n'),
  feature('1766', 'dropdown'),
  feature('730', 'multi_dropdown'),
  feature('1585', '2d', 'pixels'),
  feature('24847', ''),
]
const locales = [
  { locale: 'en_US', language: 'EN' },
  { locale: 'de_DE', language: 'DE' },
]
const preset = rawPreset(features, { measurementFamilies: unitFamilies }, locales)

describe('the raw preset', () => {
  it('is an attribute for each feature, typed as Icecat types it', () => {
    expect(
      preset.attributes.map(({ code, type, metric_family }) => [
        code,
        type.replace('pim_catalog_', ''),
        metric_family,
      ]),
    ).toEqual([
      ['icecat_944', 'metric', 'Length'],
      ['icecat_94', 'metric', 'Weight'],
      ['icecat_3566', 'number', undefined],
      ['icecat_1389', 'text', undefined],
      ['icecat_4963', 'boolean', undefined],
      ['icecat_1766', 'simpleselect', undefined],
      ['icecat_730', 'multiselect', undefined],
      ['icecat_1585', 'text', undefined],
      ['icecat_24847', 'text', undefined],
    ])
    expect(preset.attributes[0]?.labels).toEqual({ en_US: 'Feature 944', de_DE: 'Merkmal 944' })
  })

  it('can be made in Akeneo as it stands', async () => {
    const akeneo = await startAkeneo()
    try {
      const api = await apiOf(akeneo)
      for (const attribute of preset.attributes) {
        const answer = await api.post('/attributes', attribute)
        expect([attribute.code, answer.status, answer.text]).toEqual([attribute.code, 201, ''])
      }
    } finally {
      await akeneo.close()
    }
  })

  it('is a file that Akeneo imports, with nothing where an attribute has nothing', () => {
    const german = { ...feature('7', 'date'), names: { DE: 'Tag' } }
    const made = rawPreset(
      [...features.slice(1, 3), german],
      { measurementFamilies: unitFamilies },
      locales,
      {
        prefix: 'ic_',
        group: 'marketing',
      },
    )
    expect(rawAttributeRows(made.attributes).map((row) => row.join(';'))).toEqual([
      'code;type;group;localizable;scopable;metric_family;default_metric_unit;decimals_allowed;negative_allowed;label-de_DE;label-en_US',
      'ic_94;pim_catalog_metric;marketing;0;0;Weight;KILOGRAM;1;1;Merkmal 94;Feature 94',
      'ic_3566;pim_catalog_number;marketing;0;0;;;1;1;Merkmal 3566;Feature 3566',
      'ic_7;pim_catalog_date;marketing;0;0;;;;;Tag;',
    ])
  })

  it('has rules that a mapping file takes, with how sure they are behind them', () => {
    const lines = suggestionLines(preset.rules)
    expect(lines[0]).toBe('  icecat_944: feature/944 # 100 %: numerical into metric')
    const attributes = new CodeMap<TargetAttribute>()
    for (const attribute of preset.attributes) attributes.set(attribute.code, attribute)
    const structure = {
      ...catalogueOf({}),
      attributes,
      families: new Map([['things', { attributes: preset.attributes.map(({ code }) => code) }]]),
    }
    const enrichment = enrichmentOf(mappingText(lines.map((line) => line.trim()).join('\n')), structure)
    const sheet = sheetOf({ features: [featureOf('944', '5.1', '"'), featureOf('1389', '350', 'cd/m²')] })
    const filled = enrichment.cells(sheet, thing).filter(({ result }) => result.kind === 'value')
    expect(
      filled.map(({ attribute, locale, result }) => [
        attribute,
        locale,
        result.kind === 'value' && result.data,
      ]),
    ).toEqual([
      ['icecat_944', null, { amount: '5.1', unit: 'INCH' }],
      ['icecat_1389', 'en_US', '350 cd/m²'],
      ['icecat_1389', 'de_DE', '350 cd/m²'],
      ['icecat_1389', 'fr_FR', '350 cd/m²'],
      ['icecat_1389', 'es_ES', '350 cd/m²'],
    ])
  })
})
