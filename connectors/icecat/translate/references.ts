import type { Texts } from '../../../domain/enrichment/sheet.ts'
import type { ReferenceName } from '../files.ts'
import { languageOfId } from '../languages.ts'
import { attributeOf, childOf, childrenOf, type XmlElement } from '../xml/read-elements.ts'
import { orNull } from './texts.ts'

export interface CategoryReference {
  id: string
  names: Texts
  parentId: string | null
  unspsc: string | null
}

export interface FeatureReference {
  id: string
  names: Texts
  type: string
  measure: { id: string; sign: string } | null
  /** Values that editors may choose from, where they may not write their own. */
  restrictedValues: string[]
}

export interface CategoryFeatures {
  categoryId: string
  features: { id: string; groupId: string; mandatory: boolean; searchable: boolean; names: Texts }[]
}

export interface MeasureReference {
  id: string
  sign: string
  signs: Texts
}

export interface SupplierReference {
  id: string
  name: string
  /** Sponsors' products are what Open accounts see. */
  sponsor: boolean
}

/** Names that distributors give a brand. */
export interface SupplierAliases {
  id: string
  name: string
  aliases: string[]
}

export interface LanguageReference {
  id: string
  shortCode: string
  code: string
}

/** A word of values with its translations; one dictionary for all features. */
export interface VocabularyEntry {
  word: string
  texts: Texts
}

export interface References {
  categories: CategoryReference
  categoryFeatures: CategoryFeatures
  features: FeatureReference
  featureGroups: { id: string; names: Texts }
  measures: MeasureReference
  languages: LanguageReference
  suppliers: SupplierReference
  supplierAliases: SupplierAliases
  vocabulary: VocabularyEntry
}

/** One record of each list; undefined for an element that only has the record's name. */
export const referenceReaders: {
  [Name in ReferenceName]: (element: XmlElement) => References[Name] | undefined
} = {
  categories: (element) =>
    withId(element, (id) => ({
      id,
      names: namesOf(element),
      parentId: orNull(attributeOf(childOf(element, 'ParentCategory'), 'ID')),
      unspsc: orNull(attributeOf(element, 'UNCATID')),
    })),
  categoryFeatures: (element) =>
    withId(element, (categoryId) => ({
      categoryId,
      features: childrenOf(element, 'Feature').map((feature) => ({
        id: attributeOf(feature, 'ID'),
        groupId: attributeOf(feature, 'CategoryFeatureGroup_ID'),
        mandatory: attributeOf(feature, 'Mandatory') === '1',
        searchable: attributeOf(feature, 'Searchable') === '1',
        names: namesOf(feature),
      })),
    })),
  features: (element) =>
    withId(element, (id) => {
      const measure = childOf(element, 'Measure')
      return {
        id,
        names: namesOf(element),
        type: attributeOf(element, 'Type'),
        measure:
          measure === undefined
            ? null
            : {
                id: attributeOf(measure, 'ID'),
                sign: attributeOf(measure, 'Sign') || (signsOf(measure)['EN'] ?? ''),
              },
        restrictedValues: childrenOf(childOf(element, 'RestrictedValues'), 'RestrictedValue').map(
          ({ text }) => text.trim(),
        ),
      }
    }),
  featureGroups: (element) => withId(element, (id) => ({ id, names: namesOf(element) })),
  measures: (element) =>
    withId(element, (id) => ({ id, sign: attributeOf(element, 'Sign'), signs: signsOf(element) })),
  languages: (element) =>
    withId(element, (id) => ({
      id,
      shortCode: attributeOf(element, 'ShortCode').toUpperCase(),
      code: attributeOf(element, 'Code'),
    })),
  suppliers: (element) =>
    withId(element, (id) => ({
      id,
      name: attributeOf(element, 'Name'),
      sponsor: attributeOf(element, 'Sponsor') === '1',
    })),
  supplierAliases: (element) => ({
    id: attributeOf(element, 'supplier_id'),
    name: attributeOf(element, 'name'),
    aliases: childrenOf(element, 'Symbol').map(({ text }) => text.trim()),
  }),
  vocabulary: (element) => ({
    word: attributeOf(element, 'Key_Value'),
    texts: byLanguage(childrenOf(element, 'FeatureValue'), ({ text }) => text.trim()),
  }),
}

const withId = <Reference>(element: XmlElement, make: (id: string) => Reference): Reference | undefined => {
  const id = attributeOf(element, 'ID')
  return id === '' ? undefined : make(id)
}

/** Directly inside, or in a list of their own. */
const namesOf = (element: XmlElement): Texts =>
  byLanguage(
    [...childrenOf(element, 'Name'), ...childrenOf(childOf(element, 'Names'), 'Name')],
    (name) => attributeOf(name, 'Value') || name.text.trim(),
  )

const signsOf = (measure: XmlElement): Texts =>
  byLanguage(childrenOf(childOf(measure, 'Signs'), 'Sign'), ({ text }) => text.trim())

function byLanguage(elements: XmlElement[], text: (element: XmlElement) => string): Texts {
  const texts: Record<string, string> = {}
  for (const element of elements) {
    const language = languageOfId(element.attributes['langid'])
    const value = text(element)
    if (language !== undefined && value !== '') texts[language] = value
  }
  return texts
}
