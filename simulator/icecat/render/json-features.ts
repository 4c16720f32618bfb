import { localValue } from '../catalogue/local-value.ts'
import type { Feature, LocalValue, Product, Texts } from '../model.ts'
import { localText } from './local-text.ts'

/** Features by group, with what the language shows for each. */
export function featureGroups(
  { groups, features, quirks }: Product,
  language: string,
  vocabulary: Record<string, Texts>,
): object[] {
  const value = (text: string): unknown =>
    quirks.numbers === true && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  return groups.map((group) => ({
    ID: Number(group.id),
    SortNo: String(group.no),
    FeatureGroup: { ID: group.groupId, Name: localText(group.names, language) },
    Features: features
      .filter(({ groupId }) => groupId === group.id)
      .map((feature) => {
        const local = shownIn(feature, language, vocabulary)
        return {
          ID: Number(feature.valueId),
          LocalID: 0,
          Localized: 0,
          Type: feature.type,
          Value: value(feature.value),
          RawValue: value(feature.value),
          LocalValue: localOf(local, language, quirks.emptyAsList === true),
          PresentationValue: local?.presentation ?? feature.value,
          CategoryFeatureId: feature.categoryFeatureId,
          CategoryFeatureGroupID: feature.groupId,
          SortNo: feature.no,
          Mandatory: feature.mandatory ? '1' : '0',
          Searchable: feature.searchable ? '1' : '0',
          Optional: '0',
          Description: '',
          Feature: {
            ID: feature.id,
            Sign: '',
            Name: localText(feature.names, language),
            Measure: measureOf(feature, language, quirks.signsByValue === true),
          },
        }
      }),
  }))
}

/** Values are translated by the vocabulary, also where the product has no texts in that language. */
function shownIn(
  feature: Feature,
  language: string,
  vocabulary: Record<string, Texts>,
): LocalValue | undefined {
  const own = feature.local[language]
  if (own !== undefined || feature.names[language] === undefined) return own ?? feature.local['EN']
  return localValue(feature.value, feature.type, feature.measure, language, vocabulary)
}

function localOf(local: LocalValue | undefined, language: string, emptyAsList: boolean): unknown {
  if (local === undefined || local.value === '') return emptyAsList ? [] : ''
  return {
    Value: local.value,
    Language: language,
    Measure: { Signs: { ID: '', _: local.sign, Language: language } },
  }
}

function measureOf({ measure }: Feature, language: string, byValue: boolean): object {
  const sign = measure.signs[language] ?? measure.sign
  return {
    ID: measure.id,
    Sign: measure.sign,
    Signs: byValue ? { Value: sign, Language: language } : { ID: '', _: sign, Language: language },
  }
}
