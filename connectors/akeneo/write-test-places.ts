import type { AkeneoCalls } from './client.ts'
import type { AkeneoAttribute, AkeneoChannel, AkeneoFamily, AkeneoProduct } from './schema.ts'

/** A place of a value, and what stands there; null: nothing. */
export interface TestPlace {
  attribute: string
  locale: string | null
  scope: string | null
  data: unknown
}

/** What a product offers to write into and to put back again. */
export interface TestPlaces {
  /** Text without locale and channel; null: its family has none. */
  plain: TestPlace | null
  /** Each place of one text that has a locale, a channel or both. */
  localized: TestPlace[]
  image: TestPlace | null
  /** Main identifier, by which files are uploaded. */
  identifier: string | null
  /** A locale that no channel has. */
  inactiveLocale: string | null
}

/** Texts that take anything: no rule of theirs can be what refuses a test. */
const takesAnything = ({
  type,
  validation_rule,
  max_characters,
  unique,
  is_read_only,
}: AkeneoAttribute): boolean =>
  (type === 'pim_catalog_text' || type === 'pim_catalog_textarea') &&
  (validation_rule ?? '') === '' &&
  (max_characters == null || Number(max_characters) >= longestTestText) &&
  unique !== true &&
  is_read_only !== true

/** Test values are shorter. */
const longestTestText = 100

/** Reads the product's family and channels; nothing is written. */
export async function testPlaces(calls: AkeneoCalls, product: AkeneoProduct): Promise<TestPlaces> {
  const attributes = await attributesOf(calls, product.family ?? null)
  const channels = (await calls.readPage('channels', { cursor: null })).items as AkeneoChannel[]
  const isPlain = ({ localizable, scopable }: AkeneoAttribute) => !localizable && !scopable
  const plain = attributes.find((one) => takesAnything(one) && isPlain(one))
  const localized = attributes
    .filter((one) => takesAnything(one) && !isPlain(one))
    .toSorted((a, b) => Number(b.localizable) - Number(a.localizable))[0]
  const image = attributes.find(
    ({ type, localizable, scopable }) => type === 'pim_catalog_image' && !localizable && !scopable,
  )
  const at = (attribute: AkeneoAttribute, locale: string | null, scope: string | null): TestPlace => ({
    attribute: attribute.code,
    locale,
    scope,
    data: dataAt(product, attribute.code, locale, scope),
  })
  return {
    plain: plain ? at(plain, null, null) : null,
    localized: localized
      ? placesOf(localized, channels).map(([locale, scope]) => at(localized, locale, scope))
      : [],
    image: image ? at(image, null, null) : null,
    identifier: product.identifier ?? identifierIn(product, attributes),
    inactiveLocale: localized?.localizable === true ? await inactiveLocale(calls, channels) : null,
  }
}

export const dataAt = (
  { values }: AkeneoProduct,
  attribute: string,
  locale: string | null,
  scope: string | null,
): unknown =>
  values[attribute]?.find((value) => value.locale === locale && value.scope === scope)?.data ?? null

/** Akeneo 7.0 and later shows it among the values only. */
function identifierIn(product: AkeneoProduct, attributes: readonly AkeneoAttribute[]): string | null {
  const own = attributes.filter(({ type }) => type === 'pim_catalog_identifier')
  const main = own.find(({ is_main_identifier: isMain }) => isMain === true) ?? own[0]
  const data = main && dataAt(product, main.code, null, null)
  return typeof data === 'string' ? data : null
}

async function attributesOf(calls: AkeneoCalls, family: string | null): Promise<AkeneoAttribute[]> {
  if (family === null) return []
  const { item } = await calls.readOne('families', family)
  const codes = (item as AkeneoFamily | null)?.attributes ?? []
  const attributes: AkeneoAttribute[] = []
  for (let from = 0; from < codes.length; from += 50) {
    const search = { code: [{ operator: 'IN', value: codes.slice(from, from + 50) }] }
    const { items } = await calls.readPage('attributes', { cursor: null, query: { search } })
    attributes.push(...(items as AkeneoAttribute[]))
  }
  return attributes
}

function placesOf(
  { localizable, scopable, available_locales }: AkeneoAttribute,
  channels: readonly AkeneoChannel[],
): [locale: string | null, scope: string | null][] {
  const own = available_locales ?? []
  const isOpen = (locale: string) => own.length === 0 || own.includes(locale)
  if (!localizable) return channels.map(({ code }) => [null, code])
  if (scopable)
    return channels.flatMap(({ code, locales }) =>
      locales.filter(isOpen).map((locale): [string, string] => [locale, code]),
    )
  const active = [...new Set(channels.flatMap(({ locales }) => locales))].filter(isOpen)
  return active.map((locale) => [locale, null])
}

async function inactiveLocale(
  calls: AkeneoCalls,
  channels: readonly AkeneoChannel[],
): Promise<string | null> {
  const active = new Set(channels.flatMap(({ locales }) => locales))
  const { items } = await calls.readPage('locales', { cursor: null })
  return (items as { code: string }[]).find(({ code }) => !active.has(code))?.code ?? null
}
