import { RefusedError } from '../errors.ts'
import type { AkeneoCalls } from './client.ts'
import type { AkeneoProduct } from './schema.ts'
import type { Criterion, Search } from './search.ts'
import { allCodes, shownCodes } from './shown-codes.ts'

/** A value that records were read without. Empty locale and scope stand for none. */
export interface MissedPlace {
  attribute: string
  locale: string
  scope: string
  /** Of the attribute, as it was read last; null where it was not. */
  group: string | null
  type: string | null
  /** Options among the values that were lost, some of them; none where the attribute has none. */
  options: readonly string[]
}

/** Records that are looked at for one value: those whose search entry is late show it no more, and all of them are not. */
const lookedAt = 10

/**
 * Of values that records lost, those that this user cannot see any more, with why. Akeneo leaves them out of its answers like values
 * that are empty. So what there still is of attributes, groups and locales is asked for, and then, for each group and locale, one
 * record that has such a value by the search: a record that is found by a value and shows none hides it.
 */
export async function outOfSight<P extends MissedPlace>(
  calls: AkeneoCalls,
  places: readonly P[],
): Promise<(P & { why: string })[]> {
  const attributes = await shownCodes(calls, 'attributes', [
    ...new Set(places.map(({ attribute }) => attribute)),
  ])
  const groups = await allCodes(calls, 'attribute-groups')
  const locales = places.some(({ locale }) => locale !== '')
    ? await allCodes(calls, 'locales', enabled)
    : null
  const missed: (P & { why: string })[] = []
  const unsure = new Map<string, P[]>()
  for (const place of places) {
    const { attribute, group, locale } = place
    if (!attributes.has(attribute.toLowerCase()))
      missed.push({ ...place, why: `Akeneo shows no attribute ${attribute} any more` })
    else if (group !== null && !groups.has(group.toLowerCase()))
      missed.push({ ...place, why: `Akeneo shows no attribute group ${group} any more` })
    else if (locale !== '' && locales !== null && !locales.has(locale.toLowerCase()))
      missed.push({ ...place, why: `Akeneo shows no locale ${locale} any more` })
    else {
      const bucket = JSON.stringify([group, locale])
      unsure.set(bucket, [...(unsure.get(bucket) ?? []), place])
    }
  }
  for (const bucket of unsure.values()) {
    if (!(await isHidden(calls, bucket))) continue
    missed.push(...bucket.map((place) => ({ ...place, why: whyHidden(place) })))
  }
  return missed
}

const enabled: Search = { enabled: [{ operator: '=', value: true }] }

const whyHidden = ({ attribute, group, locale }: MissedPlace) =>
  `Akeneo finds records by ${attribute} and does not show the value: the user of the connection may not see ${
    locale === ''
      ? `attribute group ${group ?? '(none)'}`
      : `locale ${locale} or attribute group ${group ?? '(none)'}`
  }`

/** Values of one group and locale are hidden together: the first that any record is found by decides. */
async function isHidden(calls: AkeneoCalls, bucket: readonly MissedPlace[]): Promise<boolean> {
  for (const place of bucket) {
    const shown = await isShown(calls, place)
    if (shown !== null) return !shown
  }
  return false
}

/** Null: nobody has the value, so nothing is hidden; or this Akeneo cannot be asked. */
async function isShown(calls: AkeneoCalls, place: MissedPlace): Promise<boolean | null> {
  const { attribute, locale, scope, type } = place
  const criterion: Criterion = {
    operator: type === 'pim_catalog_price_collection' ? 'NOT EMPTY ON AT LEAST ONE CURRENCY' : 'NOT EMPTY',
    ...(locale === '' ? {} : { locale }),
    ...(scope === '' ? {} : { scope }),
  }
  try {
    const { items } = await calls.readPage('products', {
      cursor: null,
      query: { search: { [attribute]: [criterion] }, attributes: [attribute] },
      limit: lookedAt,
    })
    if (items.length === 0) return null
    const shown = (items as AkeneoProduct[]).some(({ values }) =>
      (values[attribute] ?? []).some(
        (entry) => (entry.locale ?? '') === locale && (entry.scope ?? '') === scope,
      ),
    )
    return shown || !(await hasDeletedOption(calls, place)) ? shown : null
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    // The list of attributes has it, yet products may not be asked for it.
    return error.came.includes('permission') ? false : null
  }
}

/**
 * Akeneo leaves options that were deleted out of its answers at once, and cleans up what a search finds later. So a record that is found
 * and shows nothing proves nothing then.
 */
async function hasDeletedOption(calls: AkeneoCalls, { attribute, options }: MissedPlace): Promise<boolean> {
  for (const code of options) if (await isDeleted(calls, { attribute, code })) return true
  return false
}

/** Those that Akeneo does not have any more. */
export async function deletedOptions<Option extends { attribute: string; code: string }>(
  calls: AkeneoCalls,
  options: readonly Option[],
): Promise<Option[]> {
  const gone: Option[] = []
  for (const option of options) if (await isDeleted(calls, option)) gone.push(option)
  return gone
}

async function isDeleted(
  calls: AkeneoCalls,
  { attribute, code }: { attribute: string; code: string },
): Promise<boolean> {
  const { item, broken } = await calls.readOne('attribute-options', code, { parent: attribute })
  return item === null && broken === null
}
