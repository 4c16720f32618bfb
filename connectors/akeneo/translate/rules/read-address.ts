import { didYouMean } from '../../../../domain/mapping/nearest.ts'
import type { Address, AttributeAddress } from '../../../../domain/mapping/address.ts'
import type { AkeneoAttribute } from '../../schema.ts'
import { isMediaType, kindOf, readText } from '../kinds.ts'
import type { RecordView } from '../record-view.ts'
import type { Structure } from '../structure.ts'
import { type Cell, cellOf, type CellType } from './cell.ts'

/** An address made ready: what it gives, and the reading of it. */
export interface AddressReader {
  address: Address
  type: CellType
  /** What it says can differ from locale to locale. */
  byLocale: boolean
  /** Attribute whose options have the labels; undefined for what has none. */
  attribute: AkeneoAttribute | undefined
  /** Null where there is nothing; data that does not fit its type is a finding of the record. */
  read: (view: RecordView, locale: string) => Cell | null
}

export interface AddressFault {
  severity: 'error' | 'warning'
  message: string
}

/** Faults are sentences for the author of the file; an address with an error has no reader. */
export function compileAddress(
  address: Address,
  structure: Structure,
): { reader: AddressReader | null; faults: AddressFault[] } {
  switch (address.base) {
    case 'identifier':
      return named(address, 'identifier', ({ identifier }) =>
        identifier === null ? null : { type: 'identifier', value: identifier },
      )
    case 'family':
      return named(address, 'text', ({ family }) => (family ? { type: 'text', value: family.code } : null))
    case 'enabled':
      return named(address, 'boolean', ({ enabled }) =>
        enabled === null ? null : { type: 'boolean', value: enabled },
      )
    case 'label':
      return {
        reader: { ...familyNamed(address, 'attribute_as_label'), type: 'text', byLocale: true },
        faults: [],
      }
    case 'image':
      return {
        reader: { ...familyNamed(address, 'attribute_as_image'), type: 'file', byLocale: false },
        faults: [],
      }
    case 'attribute':
      return compileAttribute(address, structure)
  }
}

const named = (address: Address, type: CellType, read: AddressReader['read']) => ({
  reader: { address, type, byLocale: false, attribute: undefined, read },
  faults: [],
})

/** Which attribute it is, each family says. */
function familyNamed(
  address: Address,
  which: 'attribute_as_label' | 'attribute_as_image',
): Omit<AddressReader, 'type' | 'byLocale'> {
  return {
    address,
    attribute: undefined,
    read: (view, locale) => {
      const code = view.family?.[which]
      const attribute =
        code === null || code === undefined ? undefined : view.reading.structure.attributes.get(code)
      return attribute ? readHeld(view, attribute.code, locale) : null
    },
  }
}

function compileAttribute(
  address: AttributeAddress,
  structure: Structure,
): ReturnType<typeof compileAddress> {
  const attribute = structure.attributes.get(address.code)
  if (!attribute) {
    const codes = [...structure.attributes.values()].map(({ code }) => code)
    const message = `attribute "${address.code}" is not in Akeneo.${didYouMean(address.code, codes)}`
    return { reader: null, faults: [{ severity: 'error', message }] }
  }
  const faults = attributeFaults(address, attribute, structure)
  const media = isMediaType(attribute.type)
  const type = media ? 'file' : kindOf(attribute.type)?.type
  if (type === undefined) {
    faults.push({
      severity: 'error',
      message: `${attribute.code} is a ${attribute.type}, which is not carried`,
    })
  }
  if (type === undefined || faults.some(({ severity }) => severity === 'error')) {
    return { reader: null, faults }
  }
  const pinned = address.channel !== null || address.locale !== null
  return {
    faults,
    reader: {
      address,
      type,
      byLocale: attribute.localizable && address.locale === null,
      attribute,
      read: pinned
        ? (view, locale) => readPinned(view, attribute, address, locale)
        : (view, locale) => readHeld(view, attribute.code, locale),
    },
  }
}

function attributeFaults(
  { channel, locale }: AttributeAddress,
  { code, scopable, localizable }: AkeneoAttribute,
  { channels, families }: Structure,
): AddressFault[] {
  const faults: AddressFault[] = []
  const error = (message: string) => faults.push({ severity: 'error', message })
  if (channel !== null && !scopable) error(`${code} has one value for all channels: leave out @${channel}`)
  else if (channel !== null && !channels.some((known) => known.code === channel)) {
    const codes = channels.map((known) => known.code)
    error(`channel "${channel}" is not in Akeneo.${didYouMean(channel, codes)}`)
  }
  if (locale !== null && !localizable) error(`${code} has one value for all locales: leave out .${locale}`)
  else if (locale !== null && !channels.some(({ locales }) => locales.includes(locale))) {
    const locales = [...new Set(channels.flatMap((known) => known.locales))]
    error(`locale "${locale}" is in no channel of Akeneo.${didYouMean(locale, locales)}`)
  }
  const folded = code.toLowerCase()
  const inFamily = [...families.values()].some(({ attributes }) =>
    attributes.some((candidate) => candidate.toLowerCase() === folded),
  )
  if (!inFamily && families.size > 0) {
    faults.push({
      severity: 'warning',
      message: `${code} is in no family: only products that have a value of it show it`,
    })
  }
  return faults
}

function readHeld(view: RecordView, code: string, locale: string): Cell | null {
  view.lastRead = code
  const held = view.held.get(code)
  if (!held) return null
  const { attribute, entries } = held
  if (!attribute.localizable) return readData(view, attribute, entries[0]?.data)
  for (const entry of entries) if (entry.locale === locale) return readData(view, attribute, entry.data)
  return null
}

/** Another channel, or one locale whatever locale the rule runs for; along the locale's chain where it names none. */
function readPinned(
  view: RecordView,
  attribute: AkeneoAttribute,
  address: AttributeAddress,
  locale: string,
): Cell | null {
  if (!view.owns(attribute.code)) return null
  const { output } = view.reading
  const scope = attribute.scopable ? (address.channel ?? output.channel) : null
  const chain = !attribute.localizable
    ? [null]
    : address.locale !== null
      ? [address.locale]
      : (output.chains.get(locale) ?? [locale])
  // What stands for another channel is not what the output shows of this attribute, so it is not taken from there.
  view.lastRead = null
  for (const wanted of chain) {
    const entry = view.values[attribute.code]?.find(
      (candidate) => candidate.locale === wanted && candidate.scope === scope,
    )
    const cell = entry ? readData(view, attribute, entry.data) : null
    if (cell) return cell
  }
  return null
}

function readData({ reading }: RecordView, attribute: AkeneoAttribute, data: unknown): Cell | null {
  const kind = kindOf(attribute.type)
  if (!kind) {
    const file = isMediaType(attribute.type) ? readText(data) : null
    if (file === undefined) reading.findings.unreadable(attribute, 'a media file')
    return file == null ? null : { type: 'file', value: file }
  }
  const value = kind.one(data, reading.output.currencies)
  if (value === undefined) reading.findings.unreadable(attribute, kind.expected)
  return value ? cellOf(value) : null
}
