import { foldCase } from './text.ts'

/** One entry of a list within a record, e.g. one of a product's categories, or one amount of a price. */
export interface ListPart {
  /** The list in the record's source; of a value `values`, attribute, locale and scope, which are empty where it has none. */
  place: string[]
  name: string
  /** Where in the list it stood, from 0. */
  position: number
  entry: unknown
}

/** What an entry names: it is a code itself, or an object with a quantity beside it. */
export function nameOfEntry(entry: unknown): string | null {
  if (typeof entry === 'string') return entry
  if (!isObject(entry)) return null
  const name = entry['uuid'] ?? entry['identifier'] ?? entry['code'] ?? entry['currency']
  return typeof name === 'string' ? name : null
}

/** The record with these parts where they stood; those that it has already stay as they are. */
export function withParts(
  source: Record<string, unknown>,
  parts: readonly ListPart[],
): Record<string, unknown> {
  return [...parts]
    .sort((a, b) => a.position - b.position)
    .reduce<Record<string, unknown>>(
      (record, { place, name, position, entry }) =>
        changeAt(record, place, (list) =>
          list.some((one) => isNamed(one, name)) ? list : list.toSpliced(position, 0, entry),
        ),
      source,
    )
}

/** The record without these parts. */
export function withoutParts(
  source: Record<string, unknown>,
  parts: readonly Pick<ListPart, 'place' | 'name'>[],
): Record<string, unknown> {
  return parts.reduce<Record<string, unknown>>(
    (record, { place, name }) => changeAt(record, place, (list) => list.filter((one) => !isNamed(one, name))),
    source,
  )
}

/** As a person reads it: the category, the link by its association type, the currency by its attribute. */
export function partText({
  place: [field, of = '', , scope = ''],
  name,
}: Pick<ListPart, 'place' | 'name'>): string {
  if (field === 'categories') return `category ${name}`
  if (field !== 'values') return `${of} ${name}`
  return scope === '' ? `${of} in ${name}` : `${of} in ${name} for ${scope}`
}

/** What a person can do about a part that is kept. */
export const partRemedy = ([field]: readonly string[]): string =>
  field === 'values'
    ? 'Give the currency back to the channel in Akeneo, or take it out of `currencies` in the mapping file'
    : 'Give the user of the connection the right to see it; what was deleted leaves with: pimflow reconcile'

/** The field that a finding is about. */
export const fieldOfPart = ([field = '', type]: readonly string[]): string => type ?? field

const isNamed = (entry: unknown, name: string) => {
  const own = nameOfEntry(entry)
  return own !== null && foldCase(own) === foldCase(name)
}

function changeList(
  record: Record<string, unknown>,
  [field, ...below]: readonly string[],
  change: Change,
): Record<string, unknown> {
  if (field === undefined) return record
  const inner = record[field]
  if (below.length === 0) return { ...record, [field]: change(Array.isArray(inner) ? inner : []) }
  return { ...record, [field]: changeList(isObject(inner) ? inner : {}, below, change) }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Change = (list: unknown[]) => unknown[]

const changeAt = (record: Record<string, unknown>, place: readonly string[], change: Change) =>
  place[0] === 'values' ? changeValue(record, place, change) : changeList(record, place, change)

/** A value that has nothing left is none. */
function changeValue(
  record: Record<string, unknown>,
  [, attribute = '', locale = '', scope = '']: readonly string[],
  change: Change,
): Record<string, unknown> {
  const values = isObject(record['values']) ? record['values'] : {}
  const held = values[attribute]
  const entries: unknown[] = Array.isArray(held) ? held : []
  const at = entries.findIndex(
    (entry) => isObject(entry) && (entry['locale'] ?? '') === locale && (entry['scope'] ?? '') === scope,
  )
  const here = at < 0 ? undefined : entries[at]
  const entry = isObject(here) ? here : { locale: locale || null, scope: scope || null }
  const data = change(Array.isArray(entry['data']) ? entry['data'] : [])
  const fresh = data.length === 0 ? [] : [{ ...entry, data }]
  const changed = at < 0 ? [...entries, ...fresh] : entries.toSpliced(at, 1, ...fresh)
  const { [attribute]: _, ...others } = values
  return { ...record, values: changed.length === 0 ? others : { ...others, [attribute]: changed } }
}
