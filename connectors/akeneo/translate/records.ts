import type { AttributeValue, ShownRecord } from '../../../contracts/hub.ts'
import type { LinkedStream } from '../../../contracts/streams.ts'
import { entryFor, type StoredRecord } from '../../../domain/records.ts'
import type { AkeneoAttribute, AkeneoValues } from '../schema.ts'
import { fileNameOf } from './file-name.ts'
import { readCodes, readText } from './kinds.ts'
import { firstLocale } from './output.ts'
import type { Reading } from './reading.ts'
import type { Structure } from './structure.ts'

/** What is stored of a record; undefined where nothing is. */
export type FindRecord = (stream: LinkedStream, key: string) => StoredRecord | undefined

export interface RecordName {
  stream: LinkedStream
  /** Family and code, as the store keys it. */
  key: string
}

const linkedTypes = new Map<string, LinkedStream>([
  ['akeneo_reference_entity', 'reference-entity-records'],
  ['akeneo_reference_entity_collection', 'reference-entity-records'],
  ['pim_catalog_asset_collection', 'assets'],
])

/** Which records an attribute's values name; null for all other attributes. */
export function linkedBy({
  type,
  reference_data_name: family,
}: Pick<AkeneoAttribute, 'type' | 'reference_data_name'>): { stream: LinkedStream; family: string } | null {
  const stream = linkedTypes.get(type)
  return stream === undefined || family == null || family === '' ? null : { stream, family }
}

export const recordKey = (family: string, code: string): string => `${family}/${code}`

const linkedAttributes = new WeakMap<Structure, AkeneoAttribute[]>()

/** Records and assets that a product or model names, in whatever channel and locale. */
export function recordNames(values: AkeneoValues, structure: Structure): RecordName[] {
  let attributes = linkedAttributes.get(structure)
  if (!attributes) {
    attributes = [...structure.attributes.values()].filter((attribute) => linkedBy(attribute) !== null)
    linkedAttributes.set(structure, attributes)
  }
  const found = new Map<string, RecordName>()
  for (const attribute of attributes) {
    const linked = linkedBy(attribute)
    if (linked === null) continue
    for (const { data } of values[attribute.code] ?? []) {
      for (const code of readCodes(data) ?? [readText(data)].filter((one) => one != null)) {
        const key = recordKey(linked.family, code)
        found.set(`${linked.stream} ${key}`, { stream: linked.stream, key })
      }
    }
  }
  return [...found.values()]
}

/** What stands for the codes of an attribute's value; undefined where records are not looked at, or it names none. */
export function recordsOf(
  attribute: AkeneoAttribute,
  value: AttributeValue,
  reading: Reading,
): ShownRecord[] | undefined {
  if (value.type !== 'entity' && value.type !== 'entities' && value.type !== 'assets') return undefined
  if (reading.findRecord === null || linkedBy(attribute) === null) return undefined
  const codes = 'value' in value ? [value.value] : Object.values<string | string[]>(value.values)
  return [...new Set(codes.flat())].map((code) => shownRecord(attribute, code, reading))
}

/** A record that was not read yet is no fault of the product: its code goes out, and it is asked for. */
function shownRecord(attribute: AkeneoAttribute, code: string, reading: Reading): ShownRecord {
  const record = storedOf(attribute, code, reading)
  if (!record) return { code, labels: {} }
  const { channel, chains } = reading.output
  const labels = Object.fromEntries(
    [...chains].flatMap(([locale, chain]) => {
      const label = entryFor(record.labels, channel, chain)
      return label ? [[locale, label.text] as const] : []
    }),
  )
  const image = mainFile(attribute, record, reading)
  return {
    code: record.code,
    labels,
    ...(image === undefined ? {} : { image: { code: image, fileName: fileNameOf(image) } }),
  }
}

/** Its label in a locale of the output or along its chain; else its code, as Akeneo's screens do. */
export function recordLabel(
  attribute: AkeneoAttribute,
  code: string,
  locale: string,
  reading: Reading,
): string {
  const record = storedOf(attribute, code, reading)
  const { channel, chains } = reading.output
  return (record && entryFor(record.labels, channel, chains.get(locale) ?? [locale])?.text) ?? code
}

/** The files of the assets that a value names, in its order; an asset without one is passed over. */
export function assetFiles(
  attribute: AkeneoAttribute,
  codes: readonly string[],
  reading: Reading,
): { asset: string; code: string }[] {
  return codes.flatMap((code) => {
    const record = storedOf(attribute, code, reading)
    const file = record && mainFile(attribute, record, reading)
    return record && file !== undefined ? [{ asset: record.code, code: file }] : []
  })
}

function storedOf(attribute: AkeneoAttribute, code: string, reading: Reading): StoredRecord | undefined {
  const linked = linkedBy(attribute)
  if (linked === null || reading.findRecord === null) return undefined
  const key = recordKey(linked.family, code)
  const record = reading.findRecord(linked.stream, key)
  if (!record) {
    reading.findings.lack(
      { stream: linked.stream, code: key },
      {
        code: 'record-unknown',
        field: attribute.code,
        text: `${linked.stream === 'assets' ? 'asset' : 'record'} "${code}" of ${linked.family} is not there, or this user may not see it`,
      },
    )
  }
  return record
}

/** The picture: of a record its `image`, of an asset what its family calls the main media. */
function mainFile(
  attribute: AkeneoAttribute,
  { files }: StoredRecord,
  { structure, output }: Reading,
): string | undefined {
  const linked = linkedBy(attribute)
  const main =
    linked?.stream === 'assets'
      ? (structure.assetFamilies.get(linked.family)?.attribute_as_main_media ?? 'media')
      : 'image'
  const chain = output.chains.get(firstLocale(output)) ?? []
  return entryFor(files[main] ?? [], output.channel, chain)?.code
}
