import type {
  AttributeValue,
  AttributeValues,
  Media,
  MediaOrigin,
  ShownRecord,
  TranslatedRecord,
} from '../contracts/hub.ts'

/** A file as Akeneo names it. */
export interface FileName {
  origin: MediaOrigin
  code: string
}

/** What is known of a file: its content once it is in the store, else why it cannot be had; neither: it was not asked for yet. */
export interface FileFacts extends FileName {
  sha256: string | null
  size: number | null
  mimeType: string | null
  reason: string | null
  message: string | null
}

/** Facts by `fileKey`. */
export type KnownFiles = ReadonlyMap<string, FileFacts>

export const fileKey = ({ origin, code }: FileName) => `${origin} ${code}`

/** The files that a record names, each once. */
export function filesIn(record: TranslatedRecord): FileName[] {
  const found = new Map<string, FileName>()
  shown(record, (file) => {
    found.set(fileKey(file), file)
    return undefined
  })
  return [...found.values()]
}

/** The record with what is known of its files, and without those that cannot be had, which are told apart. */
export function withFacts(
  record: TranslatedRecord,
  known: KnownFiles,
): { record: TranslatedRecord; missing: FileFacts[] } {
  const missing = new Map<string, FileFacts>()
  const complete = shown(record, (file) => {
    const facts = known.get(fileKey(file))
    if (facts?.reason != null) missing.set(fileKey(facts), facts)
    return facts
  })
  return { record: complete, missing: [...missing.values()] }
}

type Look = (file: FileName) => FileFacts | undefined

/** Visits every place where a record shows a file. */
function shown(record: TranslatedRecord, look: Look): TranslatedRecord {
  switch (record.kind) {
    case 'attribute':
      return record
    case 'category': {
      const { media, ...category } = record
      if (media === undefined) return record
      const left = mediaWith(media, look, 'category-media-files')
      return left.length > 0 ? { ...category, media: left } : category
    }
    case 'group':
      return {
        ...record,
        attributes: attributesWith(record.attributes, look),
        media: mediaWith(record.media, look),
        ...(record.subgroups
          ? {
              subgroups: record.subgroups.map((subgroup) => ({
                ...subgroup,
                media: mediaWith(subgroup.media, look),
              })),
            }
          : {}),
      }
    case 'product':
      return {
        ...record,
        attributes: attributesWith(record.attributes, look),
        media: mediaWith(record.media, look),
      }
  }
}

const mediaWith = (media: Media[], look: Look, own: MediaOrigin = 'media-files'): Media[] =>
  media.flatMap((file) => {
    const origin = file.asset === undefined ? own : 'asset-media-files'
    const facts = look({ origin, code: file.code })
    if (facts?.reason != null) return []
    return [withContent(file, facts)]
  })

/** Most records have no such values: theirs stay the same object. */
function attributesWith(attributes: AttributeValues, look: Look): AttributeValues {
  const shown = Object.entries(attributes).filter(([, { records }]) => records !== undefined)
  if (shown.length === 0) return attributes
  return {
    ...attributes,
    ...Object.fromEntries(
      shown.map(([code, { records = [], ...value }]) => [
        code,
        { ...value, records: records.map((one) => recordWith(one, value.type, look)) },
      ]),
    ),
  }
}

function recordWith(
  { image, ...record }: ShownRecord,
  type: AttributeValue['type'],
  look: Look,
): ShownRecord {
  if (image === undefined) return record
  const origin = type === 'assets' ? 'asset-media-files' : 'reference-entities-media-files'
  const facts = look({ origin, code: image.code })
  return facts?.reason != null ? record : { ...record, image: withContent(image, facts) }
}

function withContent<F extends { code: string }>(file: F, facts: FileFacts | undefined): F {
  if (facts?.sha256 == null) return file
  const { mimeType, size, sha256 } = facts
  return {
    ...file,
    ...(mimeType === null ? {} : { mimeType }),
    ...(size === null ? {} : { size }),
    sha256,
  }
}
