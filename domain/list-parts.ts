import { foldCase } from './text.ts'

/** One entry of a list within a record, e.g. one of a product's categories. */
export interface ListPart {
  /** The list in the record's source. */
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
  const name = entry['uuid'] ?? entry['identifier'] ?? entry['code']
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
        changeList(record, place, (list) =>
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
    (record, { place, name }) =>
      changeList(record, place, (list) => list.filter((one) => !isNamed(one, name))),
    source,
  )
}

/** As a person reads it: the category, or the link by its association type. */
export function partText({ place: [field, type], name }: Pick<ListPart, 'place' | 'name'>): string {
  return field === 'categories' ? `category ${name}` : `${type ?? ''} ${name}`
}

/** The field that a finding is about. */
export const fieldOfPart = ([field = '', type]: readonly string[]): string => type ?? field

const isNamed = (entry: unknown, name: string) => {
  const own = nameOfEntry(entry)
  return own !== null && foldCase(own) === foldCase(name)
}

function changeList(
  record: Record<string, unknown>,
  [field, ...below]: readonly string[],
  change: (list: unknown[]) => unknown[],
): Record<string, unknown> {
  if (field === undefined) return record
  const inner = record[field]
  if (below.length === 0) return { ...record, [field]: change(Array.isArray(inner) ? inner : []) }
  return { ...record, [field]: changeList(isObject(inner) ? inner : {}, below, change) }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
