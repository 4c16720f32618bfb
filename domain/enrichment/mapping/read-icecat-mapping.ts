import { dateOf } from '../../date.ts'
import { utcSeconds } from '../../instant.ts'
import { parseAddress } from '../../mapping/address.ts'
import type { Word } from '../../mapping/document.ts'
import type { MappingNode } from '../../mapping/node.ts'
import { inFileOrder, type MappingProblem } from '../../mapping/problem.ts'
import { readAddresses, readCondition } from '../../mapping/read-rule.ts'
import { type Field, Reader } from '../../mapping/reader.ts'
import {
  type IcecatMapping,
  type MatchRule,
  type MediaMapping,
  type OwnershipPolicy,
  type ProductFilter,
  settingSections,
} from './document.ts'
import { parseIcecatAddress } from './icecat-address.ts'
import { readIcecatAddresses, readIcecatRule } from './read-icecat-rule.ts'

export interface ReadIcecatMapping {
  /** Null when so little could be read that nothing can be written. */
  mapping: IcecatMapping | null
  /** All at once, in the order of the file. */
  problems: MappingProblem[]
}

const sections = ['version', ...settingSections, 'attributes', 'media', 'ignore'] as const

/** What a file of the direction Icecat to Akeneo says. A part that cannot be read is left out and reported; the others stand. */
export function readIcecatMapping(name: string, root: MappingNode): ReadIcecatMapping {
  const reader = new Reader()
  const whole: Field = { path: '', line: 1, node: root }
  const parts = reader.fields(whole, sections)
  if (!parts) return { mapping: null, problems: reader.problems }
  for (const needed of ['version', 'match', 'languages', 'neutral', 'channels', 'attributes'] as const) {
    if (!parts[needed]) reader.error({ path: needed, line: 1 }, 'is missing')
  }
  const version = reader.whole(parts.version, 1, Number.MAX_SAFE_INTEGER)
  const guard = parts.guard && reader.fields(parts.guard, ['brand'])
  const variants = parts.variants && reader.fields(parts.variants, ['disagree'])
  const neutral = reader.word(parts.neutral)
  const mapping: IcecatMapping = {
    name,
    version: version ?? 1,
    preset: reader.choice(parts.preset, ['managed', 'self-service', 'raw']) ?? 'self-service',
    products: readFilter(parts.products, reader),
    match: readMatch(parts.match, reader),
    guard: { brand: reader.choice(guard?.brand, ['agree', 'ignore']) ?? 'agree' },
    languages: readLanguages(parts.languages, reader),
    neutral: inCapitals(neutral ?? { text: 'EN', line: 1 }),
    channels: reader.words(parts.channels) ?? [],
    ownership: readOwnership(parts.ownership, reader),
    variants: { disagree: reader.choice(variants?.disagree, ['skip', 'first']) ?? 'skip' },
    options: readOptions(parts.options, reader),
    write: reader.choice(parts.write, ['direct', 'proposal']) ?? 'direct',
    attributes: readAttributes(parts.attributes, reader),
    media: readMedia(parts.media, reader),
    ignore: readIgnore(parts.ignore, reader),
  }
  const runs =
    version !== undefined && mapping.match.length > 0 && parts.languages && neutral && parts.channels
  return { mapping: runs ? mapping : null, problems: inFileOrder(reader.problems) }
}

const inCapitals = ({ text, line }: Word): Word => ({ text: text.toUpperCase(), line })

const filters = ['enabled', 'family', 'flag', 'categories', 'complete', 'updatedSince'] as const

function readFilter(field: Field | undefined, reader: Reader): ProductFilter {
  const parts = field && reader.fields(field, filters)
  const flag = parts?.flag && reader.fields(parts.flag, ['attribute', 'values'])
  const attribute = reader.word(flag?.attribute)
  const complete = parts?.complete && reader.fields(parts.complete, ['below', 'channel', 'locales'])
  const below = reader.whole(complete?.below, 1, 100)
  const channel = reader.word(complete?.channel)
  if (parts?.flag && !attribute) reader.error(parts.flag, 'needs attribute and values')
  if (parts?.complete && (below === undefined || !channel))
    reader.error(parts.complete, 'needs below and channel')
  const since = reader.text(parts?.updatedSince)
  const updatedSince = since === undefined ? undefined : (utcSeconds(since) ?? wholeDay(since))
  if (parts?.updatedSince && since !== undefined && updatedSince === undefined)
    reader.error(parts.updatedSince, 'must be a day or a time, such as 2026-11-20 or 2026-11-20T08:00:00Z')
  return {
    enabled: reader.flag(parts?.enabled) ?? null,
    family: reader.words(parts?.family) ?? null,
    flag: attribute ? { attribute, values: reader.words(flag?.values) ?? [] } : null,
    categories: reader.words(parts?.categories) ?? null,
    complete:
      below === undefined || !channel
        ? null
        : { below, channel, locales: reader.words(complete?.locales) ?? [] },
    ...(updatedSince === undefined ? {} : { updatedSince }),
  }
}

const wholeDay = (text: string): string | undefined => (dateOf(text) === text ? text : undefined)

function readMatch(field: Field | undefined, reader: Reader): MatchRule[] {
  const items = field && reader.items(field)
  if (field && items?.length === 0) reader.error(field, 'must name at least one way to find a product')
  return (items ?? []).flatMap((item): MatchRule[] => {
    const parts = reader.fields(item, ['gtin', 'brand', 'code', 'icecatId', 'when'])
    if (!parts) return []
    const when = readCondition(parts.when, reader) ?? null
    const place = { when, line: item.line }
    const kinds = [parts.gtin, parts.icecatId, parts.brand ?? parts.code].filter((part) => part !== undefined)
    if (kinds.length !== 1) {
      reader.error(item, 'must have one of gtin, icecatId, or brand with code')
      return []
    }
    if (parts.gtin) {
      const addresses = readAddresses(parts.gtin, reader)
      return addresses ? [{ ...place, by: 'gtin', addresses }] : []
    }
    if (parts.icecatId) {
      const address = readAddresses(parts.icecatId, reader)?.[0]
      return address ? [{ ...place, by: 'icecatId', address }] : []
    }
    if (!parts.brand || !parts.code) {
      reader.error(item, 'needs brand and code together')
      return []
    }
    const brand = readBrand(parts.brand, reader)
    const code = readAddresses(parts.code, reader)?.[0]
    return brand && code ? [{ ...place, by: 'code', ...brand, code }] : []
  })
}

/** `brand`, or `{ from: brand, as: label, locale: en_US }`: Icecat goes by the brand's name, Akeneo stores an option's code. */
function readBrand(field: Field, reader: Reader) {
  if (field.node.kind !== 'map') {
    const brand = readAddresses(field, reader)?.[0]
    return brand && { brand, brandLabel: null, asLabel: false }
  }
  const parts = reader.fields(field, ['from', 'as', 'locale'])
  const text = reader.text(parts?.from)
  const brand = text === undefined ? undefined : parseAddress(text, parts?.from?.line ?? field.line)
  if (typeof brand === 'string') reader.error(parts?.from ?? field, brand)
  if (parts && !parts.from) reader.error(field, 'needs from')
  const asLabel = reader.choice(parts?.as, ['label']) !== undefined
  const locale = reader.text(parts?.locale) ?? null
  return typeof brand === 'object' ? { brand, brandLabel: locale, asLabel } : undefined
}

function readLanguages(field: Field | undefined, reader: Reader): IcecatMapping['languages'] {
  const entries = reader.named(field)
  if (field?.node.kind === 'map' && entries.length === 0) reader.error(field, 'must name at least one locale')
  return entries.flatMap((part) => {
    const chain = reader.words(part) ?? []
    if (chain.length === 0)
      reader.error(part, 'must name the languages of Icecat that may feed it, such as [FR, EN]')
    return chain.length === 0
      ? []
      : [{ locale: { text: part.key, line: part.line }, chain: chain.map(inCapitals) }]
  })
}

function readOwnership(field: Field | undefined, reader: Reader): OwnershipPolicy {
  const parts = field && reader.fields(field, ['empty', 'same', 'foreign', 'edited', 'cleared', 'withdrawn'])
  const edits = ['keep', 'flag', 'overwrite'] as const
  return {
    empty: reader.choice(parts?.empty, ['fill', 'keep']) ?? 'fill',
    same: reader.choice(parts?.same, ['adopt', 'keep']) ?? 'adopt',
    foreign: reader.choice(parts?.foreign, edits) ?? 'keep',
    edited: reader.choice(parts?.edited, edits) ?? 'keep',
    cleared: reader.choice(parts?.cleared, edits) ?? 'keep',
    withdrawn: reader.choice(parts?.withdrawn, ['keep', 'flag', 'clear']) ?? 'keep',
  }
}

function readOptions(field: Field | undefined, reader: Reader): IcecatMapping['options'] {
  const parts = field && reader.fields(field, ['match', 'create'])
  const ways = ['code', 'label', 'vocabulary'] as const
  const match = parts?.match && reader.items(parts.match)?.flatMap((item) => reader.choice(item, ways) ?? [])
  return {
    match: match ?? [...ways],
    create: reader.choice(parts?.create, ['never', 'ask', 'always']) ?? 'never',
  }
}

function readAttributes(field: Field | undefined, reader: Reader): IcecatMapping['attributes'] {
  return reader.named(field).flatMap((entry) => {
    const rule = readIcecatRule(entry, reader)
    return rule ? [{ code: entry.key, rule }] : []
  })
}

function readMedia(field: Field | undefined, reader: Reader): MediaMapping[] {
  return reader.named(field).flatMap((item): MediaMapping[] => {
    const { key, line, node } = item
    const parts =
      node.kind === 'map' ? reader.fields(item, ['from', 'when']) : { from: item, when: undefined }
    if (!parts) return []
    if (!parts.from) {
      reader.error(item, 'needs from')
      return []
    }
    const addresses = readIcecatAddresses(parts.from, reader)
    if (!addresses) return []
    for (const address of addresses.filter(({ base }) => base !== 'media')) {
      reader.error({ path: item.path, line: address.line }, `${address.text} is no file`)
    }
    const when = readCondition(parts.when, reader) ?? null
    return [
      { code: key, addresses: addresses.filter(({ base }) => base === 'media'), when, line, text: node.text },
    ]
  })
}

function readIgnore(field: Field | undefined, reader: Reader): IcecatMapping['ignore'] {
  return reader.named(field).flatMap((part) => {
    const reason = reader.text(part)
    const address = parseIcecatAddress(part.key, part.line)
    if (typeof address === 'string') reader.error(part, address)
    return reason === undefined || typeof address === 'string' ? [] : [{ address, reason }]
  })
}
