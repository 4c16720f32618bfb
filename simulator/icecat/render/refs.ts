import { allLanguages, langidOf } from '../languages.ts'
import type { Texts } from '../model.ts'
import type { World } from '../world.ts'
import { xmlAttributes, xmlText } from './text.ts'

const names = (texts: Texts): string =>
  Object.entries(texts)
    .map(
      ([language, value], index) =>
        `<Name${xmlAttributes({ ID: index + 1, langid: langidOf(language), Value: value })}/>`,
    )
    .join('')

/** Reference files by name, each with the lines between its list's tags. */
const LISTS: Readonly<Record<string, (world: World) => Iterable<string>>> = {
  *CategoriesList({ catalogue }) {
    for (const { id, names: texts, unspsc, parent } of catalogue.categories.values()) {
      yield `<Category${xmlAttributes({ ID: id, UNCATID: unspsc, Searchable: 1, Visible: 1, Score: 1 })}>${names(texts)}<ParentCategory ID="${parent ?? '1'}"/></Category>`
    }
  },
  *FeaturesList({ catalogue }) {
    const valuesOf = new Map<string, Set<string>>()
    for (const { features } of catalogue.products.values()) {
      for (const { id, type, value } of features) {
        if (!type.includes('dropdown')) continue
        const values = valuesOf.get(id) ?? new Set()
        for (const one of value.split(',')) values.add(one.trim())
        valuesOf.set(id, values)
      }
    }
    for (const { id, names: texts, type, measure } of catalogue.features.values()) {
      yield `<Feature${xmlAttributes({ ID: id, Class: 0, Type: type, DefaultDisplayUnit: '', Updated: '20251103101112' })}><Measure${xmlAttributes({ ID: measure.id, Sign: measure.sign })}><Signs>${signs(measure.signs)}</Signs></Measure><Names>${names(texts)}</Names>${restricted(valuesOf.get(id))}</Feature>`
    }
  },
  *FeatureGroupsList({ catalogue }) {
    const groups = new Map<string, Texts>()
    for (const product of catalogue.products.values()) {
      for (const group of product.groups) groups.set(group.groupId, group.names)
    }
    for (const [id, texts] of groups) yield `<FeatureGroup ID="${id}">${names(texts)}</FeatureGroup>`
  },
  *MeasuresList({ catalogue }) {
    for (const { id, sign, signs: texts } of catalogue.measures.values()) {
      yield `<Measure${xmlAttributes({ ID: id, Sign: sign, Updated: '20251103101112' })}><Names/><Signs>${signs(texts)}</Signs></Measure>`
    }
  },
  *LanguageList() {
    for (const language of allLanguages) {
      yield `<Language${xmlAttributes({ ID: langidOf(language), Code: language.toLowerCase(), ShortCode: language, Sid: langidOf(language) })}/>`
    }
  },
  *SuppliersList({ catalogue }) {
    for (const { id, name, sponsor } of catalogue.brands.values()) {
      yield `<Supplier${xmlAttributes({ ID: id, Name: name, Sponsor: sponsor ? 1 : 0, LogoPic: '' })}><Names/></Supplier>`
    }
  },
  *FeatureValuesVocabularyList({ catalogue }) {
    let group = 0
    for (const [word, texts] of catalogue.vocabulary) {
      group++
      const values = Object.entries({ EN: word, ...texts }).map(
        ([language, text], index) =>
          `<FeatureValue${xmlAttributes({ ID: `${group}${index}`, langid: langidOf(language) })}>${xmlText(text)}</FeatureValue>`,
      )
      yield `<FeatureValuesVocabulary${xmlAttributes({ Key_Value: word, Group_ID: group, Updated: '20251103101112' })}>${values.join('')}</FeatureValuesVocabulary>`
    }
  },
  *CategoryFeaturesList({ catalogue }) {
    for (const category of catalogue.categories.values()) {
      const products = [...catalogue.products.values()].filter(({ categoryId }) => categoryId === category.id)
      const groups = new Map(products.flatMap((product) => product.groups.map((group) => [group.id, group])))
      const features = new Map(
        products.flatMap((product) => product.features.map((feature) => [feature.id, feature])),
      )
      yield `<Category ID="${category.id}">${[...groups.values()]
        .map(
          (group) =>
            `<CategoryFeatureGroup ID="${group.id}" No="${group.no}"><FeatureGroup ID="${group.groupId}">${names(group.names)}</FeatureGroup></CategoryFeatureGroup>`,
        )
        .join('')}${[...features.values()]
        .map(
          (feature) =>
            `<Feature${xmlAttributes({ ID: feature.id, CategoryFeatureGroup_ID: feature.groupId, CategoryFeature_ID: feature.categoryFeatureId, No: feature.no, Searchable: feature.searchable ? 1 : 0, Mandatory: feature.mandatory ? 1 : 0, Type: feature.type, Use_Dropdown_Input: feature.type.includes('dropdown') ? 'Y' : '' })}>${names(feature.names)}<Measure${xmlAttributes({ ID: feature.measure.id, Sign: feature.measure.sign })}/></Feature>`,
        )
        .join('')}</Category>`
    }
  },
}

/** What editors may choose from. */
const restricted = (values: Iterable<string> = []): string =>
  `<RestrictedValues>${[...values].map((value) => `<RestrictedValue>${xmlText(value)}</RestrictedValue>`).join('')}</RestrictedValues>`

const signs = (texts: Texts): string =>
  Object.entries(texts)
    .map(
      ([language, sign]) =>
        `<Sign${xmlAttributes({ ID: 1, langid: langidOf(language) })}>${xmlText(sign)}</Sign>`,
    )
    .join('')

/** A reference file by its name without ending, piece by piece; undefined when there is none. */
export function renderRef(world: World, name: string): Iterable<string> | undefined {
  if (name === 'supplier_mapping') return supplierMapping(world)
  const lines = LISTS[name]
  return lines === undefined ? undefined : wrapped(name, lines(world))
}

function* wrapped(name: string, lines: Iterable<string>): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<ICECAT-interface>\n<Response Date="Mon Nov  3 10:11:12 2025" ID="1" Request_ID="1" Status="1"><${name}>\n`
  for (const line of lines) yield `${line}\n`
  yield `</${name}></Response>\n</ICECAT-interface>\n`
}

function* supplierMapping({ catalogue }: World): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<ICECAT-interface><SupplierMappings>\n'
  for (const { id, name, aliases } of catalogue.brands.values()) {
    if (aliases.length === 0) continue
    yield `<SupplierMapping${xmlAttributes({ supplier_id: id, name })}>${aliases.map((alias) => `<Symbol distributor_id="0">${xmlText(alias)}</Symbol>`).join('')}</SupplierMapping>\n`
  }
  yield '</SupplierMappings></ICECAT-interface>\n'
}
