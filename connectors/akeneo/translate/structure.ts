import type { StreamName } from '../../../contracts/streams.ts'
import { CodeMap } from '../../../domain/code-map.ts'
import { byCode } from '../../../domain/text.ts'
import type {
  AkeneoAssetFamily,
  AkeneoAssociationType,
  AkeneoAttribute,
  AkeneoChannel,
  AkeneoFamily,
  AkeneoFamilyVariant,
  AkeneoMeasurementFamily,
  AkeneoOption,
} from '../schema.ts'

/** What gives values their meaning. Maps are by code and ignore letter case in `get` and `has`. */
export interface Structure {
  attributes: ReadonlyMap<string, AkeneoAttribute>
  /** By attribute, in the order in which Akeneo shows them. */
  options: ReadonlyMap<string, AkeneoOption[]>
  families: ReadonlyMap<string, AkeneoFamily>
  familyVariants: ReadonlyMap<string, AkeneoFamilyVariant>
  /** By code. */
  channels: AkeneoChannel[]
  associationTypes: ReadonlyMap<string, AkeneoAssociationType>
  measurementFamilies: ReadonlyMap<string, AkeneoMeasurementFamily>
  /** Of those that products name. */
  assetFamilies: ReadonlyMap<string, AkeneoAssetFamily>
}

/** From stored source documents. Streams that are no structure are passed over; order does not matter. */
export function buildStructure(records: { stream: StreamName; source: unknown }[]): Structure {
  const attributes = new CodeMap<AkeneoAttribute>()
  const options = new CodeMap<AkeneoOption[]>()
  const families = new CodeMap<AkeneoFamily>()
  const familyVariants = new CodeMap<AkeneoFamilyVariant>()
  const channels: AkeneoChannel[] = []
  const associationTypes = new CodeMap<AkeneoAssociationType>()
  const measurementFamilies = new CodeMap<AkeneoMeasurementFamily>()
  const assetFamilies = new CodeMap<AkeneoAssetFamily>()

  for (const { stream, source } of records) {
    // Documents were checked against the schema of their stream when they were read; the store gives them back as they
    // were, so they are trusted here and not parsed again for each of thousands of pages.
    if (stream === 'attributes') keep(attributes, source as AkeneoAttribute)
    else if (stream === 'attribute-options') addOption(source as AkeneoOption)
    else if (stream === 'families') keep(families, source as AkeneoFamily)
    else if (stream === 'family-variants') keep(familyVariants, source as AkeneoFamilyVariant)
    else if (stream === 'channels') channels.push(source as AkeneoChannel)
    else if (stream === 'association-types') keep(associationTypes, source as AkeneoAssociationType)
    else if (stream === 'measurement-families') keep(measurementFamilies, source as AkeneoMeasurementFamily)
    else if (stream === 'asset-families') keep(assetFamilies, source as AkeneoAssetFamily)
  }
  for (const list of options.values()) list.sort(byPlace)
  channels.sort((a, b) => byCode(a.code, b.code))
  return {
    attributes,
    options,
    families,
    familyVariants,
    channels,
    associationTypes,
    measurementFamilies,
    assetFamilies,
  }

  function addOption(option: AkeneoOption) {
    const list = options.get(option.attribute)
    if (list) list.push(option)
    else options.set(option.attribute, [option])
  }
}

function keep<R extends { code: string }>(map: CodeMap<R>, record: R) {
  map.set(record.code, record)
}

const byPlace = (a: AkeneoOption, b: AkeneoOption) =>
  (a.sort_order ?? 0) - (b.sort_order ?? 0) || byCode(a.code, b.code)
