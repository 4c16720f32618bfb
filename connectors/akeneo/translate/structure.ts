import type { StreamName } from '../../../contracts/streams.ts'
import { CodeMap } from '../../../domain/code-map.ts'
import { byCode } from '../../../domain/text.ts'
import type {
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
  }
  for (const list of options.values()) list.sort(byPlace)
  channels.sort((a, b) => byCode(a.code, b.code))
  return { attributes, options, families, familyVariants, channels, associationTypes, measurementFamilies }

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

/** What an output carries: one channel's values, these locales and currencies. */
export interface OutputSettings {
  name: string
  channel: string
  locales: string[]
  currencies: string[]
}

/** One output named after the first channel by code, with all its locales and currencies. Throws without a channel. */
export function defaultOutput(structure: Structure): OutputSettings {
  const [first] = structure.channels
  // Akeneo cannot be without one, so its absence means that structure has not been read yet: a mistake of the caller.
  if (!first)
    throw new Error('No channel in the stored structure. Read the structure before the first record.')
  return { name: first.code, channel: first.code, locales: first.locales, currencies: first.currencies }
}
