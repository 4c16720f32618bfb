import { CodeMap } from '../../../domain/code-map.ts'
import type {
  TargetAttribute,
  TargetOption,
  TargetStructure,
  TargetUnitFamily,
} from '../../../domain/enrichment/target.ts'
import { standardMeasurementFamilies } from '../../../simulator/akeneo/measurements/convert.ts'
import { readIcecatMappingFile } from '../../../connectors/mapping-file.ts'
import {
  compileEnrichment,
  type Enrichment,
  type RecordView,
} from '../../../domain/enrichment/convert/compile-enrichment.ts'
import type { IcecatMapping } from '../../../domain/enrichment/mapping/document.ts'
import { problemText } from '../../../domain/mapping/problem.ts'
import type { Sheet, Texts } from '../../../domain/enrichment/sheet.ts'

/** Akeneo's own measurement families, as its API shows them. */
const unitFamilies = new CodeMap<TargetUnitFamily>()
for (const family of standardMeasurementFamilies()) unitFamilies.set(family.code, family)
export { unitFamilies }

export type AttributeChanges = Partial<TargetAttribute> & { options?: TargetOption[] }

/** A catalogue of these attributes, all in one family; two channels, three locales. */
export function catalogueOf(attributes: Record<string, AttributeChanges>): TargetStructure {
  const structure = {
    attributes: new CodeMap<TargetAttribute>(),
    options: new CodeMap<TargetOption[]>(),
    families: new CodeMap([['things', { attributes: Object.keys(attributes) }]]),
    channels: [
      { code: 'ecommerce', locales: ['en_US', 'de_DE', 'fr_FR', 'es_ES'] },
      { code: 'print', locales: ['en_US', 'de_DE'] },
    ],
    measurementFamilies: unitFamilies,
  }
  for (const [code, { options, ...changes }] of Object.entries(attributes)) {
    structure.attributes.set(code, {
      code,
      type: 'pim_catalog_text',
      localizable: false,
      scopable: false,
      ...changes,
    })
    if (options) structure.options.set(code, options)
  }
  return structure
}

const head = `version: 1
match: [{ gtin: [$identifier] }]
languages: { en_US: [US, EN], de_DE: [DE], fr_FR: [FR], es_ES: [ES] }
neutral: EN
channels: [ecommerce, print]
`

/** A mapping with these rules, as lines of YAML below `attributes`, and whatever else. */
export const mappingText = (rules: string, more = ''): string =>
  `${head}${more}${more === '' ? '' : '\n'}attributes:\n${rules
    .split('\n')
    .map((line) => `  ${line.trim()}\n`)
    .join('')}`

export function mappingOf(text: string): IcecatMapping {
  const { mapping, problems } = readIcecatMappingFile({ name: 'test.icecat.yaml', text })
  if (mapping === null || problems.length > 0) {
    throw new Error(problems.map((problem) => problemText('test.icecat.yaml', problem)).join('\n'))
  }
  return mapping
}

/** Ready to run, or it throws with every problem. */
export function enrichmentOf(
  text: string,
  structure: TargetStructure,
  vocabulary: ReadonlyMap<string, Texts> = new Map(),
): Enrichment {
  const lists = { vocabulary, measures: new Map() }
  const { enrichment, problems } = compileEnrichment(mappingOf(text), structure, lists)
  if (enrichment === null)
    throw new Error(problems.map((problem) => problemText('test.icecat.yaml', problem)).join('\n'))
  return enrichment
}

export const thing = { family: 'things', isFilled: () => false }

/** Results of one attribute by `locale scope`: the value, `absent`, or the code of the problem. */
export function resultsOf(
  rule: string,
  attribute: AttributeChanges,
  sheet: Sheet,
  record: RecordView = thing,
): Record<string, unknown> {
  const enrichment = enrichmentOf(mappingText(`target: ${rule}`), catalogueOf({ target: attribute }))
  return Object.fromEntries(
    enrichment
      .cells(sheet, record)
      .map(({ locale, scope, result }) => [
        [locale, scope].filter((part) => part !== null).join(' '),
        result.kind === 'value' ? result.data : result.kind === 'absent' ? 'absent' : result.code,
      ]),
  )
}

/** The result of an attribute that has one place. */
export const resultOf = (...asked: Parameters<typeof resultsOf>): unknown => resultsOf(...asked)['']
