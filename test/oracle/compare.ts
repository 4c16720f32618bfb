import { isDeepStrictEqual } from 'node:util'
import type { OracleRecord } from './hub.ts'

/** A dumped record as JSON holds it; nothing about its form is taken on trust. */
export type Dumped = Record<string, unknown>

export interface Comparison {
  /** One line each: `product 1111111171 name.en_US: expected "Bag", found "bag"`. */
  differences: string[]
  compared: Record<OracleRecord['kind'], number>
}

/** Compares what the hub should hold with what it holds, field by field. Ids are looked up inside the dump. */
export function compareDump(expected: OracleRecord[], dump: Dumped[]): Comparison {
  const differences: string[] = []
  const compared = { attribute: 0, category: 0, group: 0, product: 0 }
  const byId = new Map(dump.map((record) => [record['id'], record]))
  const found = new Map<string, Dumped>()
  for (const record of dump) {
    const name = nameOf(record)
    if (found.has(name)) differences.push(`${name}: is in the dump twice`)
    found.set(name, record)
  }
  for (const { kind, key, rejected, kept, undecided = [], fields } of expected) {
    const name = `${kind} ${key}`
    const record = found.get(name)
    found.delete(name)
    if (rejected !== undefined) {
      if (record && !kept)
        differences.push(`${name}: expected to be rejected for ${rejected}, found in the dump`)
    } else if (!record) differences.push(`${name}: is not in the dump`)
    else {
      compared[kind] += 1
      const said = (all: Dumped): Dumped =>
        Object.fromEntries(Object.entries(all).filter(([field]) => !undecided.includes(field)))
      differences.push(...differ(name, '', said(fields), said(comparable(record, fields, byId))))
    }
  }
  for (const name of found.keys())
    differences.push(`${name}: is in the dump, and the catalogue does not have it`)
  return { differences, compared }
}

function nameOf(record: Dumped): string {
  const source = record['source'] as { code: string | null; uuid: string | null }
  return `${String(record['kind'])} ${source.code ?? source.uuid ?? '?'}`
}

/** A dumped record in the oracle's terms: codes for ids, no ids of its own, no dates, no facts about a file's content. */
function comparable(record: Dumped, expected: Record<string, unknown>, byId: Map<unknown, Dumped>): Dumped {
  const { id: _id, version: _version, externalIds: _externalIds, kind, ...rest } = record
  const fields: Dumped = { ...rest }
  const source = record['source'] as Record<string, unknown>
  const wanted = Object.keys(expected['source'] as object)
  fields['source'] = Object.fromEntries(wanted.map((name) => [name, source[name]]))
  if (fields['reasons']) fields['reasons'] = (fields['reasons'] as { code: string }[]).map(({ code }) => code)
  if (kind === 'category' && expected['position'] === undefined) delete fields['position']
  if (kind === 'attribute' || kind === 'category') return fields

  fields['categories'] = [...(fields['categories'] as string[])].sort()
  fields['media'] = plainMedia(fields['media'])
  if (fields['attributes']) fields['attributes'] = plainRecords(fields['attributes'])
  if (fields['subgroups']) {
    fields['subgroups'] = (fields['subgroups'] as Dumped[]).map((subgroup) => ({
      ...subgroup,
      media: plainMedia(subgroup['media']),
    }))
  }
  const pending = (fields['pending'] ?? []) as { field: string; code: string }[]
  delete fields['pending']
  if (fields['groupId'] !== undefined) {
    fields['group'] = codeOf(byId.get(fields['groupId']))
    delete fields['groupId']
  } else if (pending.some(({ field }) => field === 'groupId')) fields['group'] = 'pending'
  if (fields['kit']) fields['kit'] = plainKit(fields['kit'], byId)
  return { ...fields, ...plainLinks(fields['related'], pending, expected, byId) }
}

/** Pictures of records by name alone, as media are. */
const plainRecords = (attributes: unknown) =>
  Object.fromEntries(
    Object.entries(attributes as Record<string, { records?: Dumped[] }>).map(([code, value]) => [
      code,
      value.records === undefined
        ? value
        : {
            ...value,
            records: value.records.map(({ image, ...record }) =>
              image === undefined
                ? record
                : { ...record, image: { fileName: (image as { fileName: string }).fileName } },
            ),
          },
    ]),
  )

const plainMedia = (media: unknown) =>
  (media as { role: string; fileName: string }[]).map(({ role, fileName }) => ({ role, fileName }))

function plainKit(kit: unknown, byId: Map<unknown, Dumped>) {
  const { type, components } = kit as { type: string; components: Dumped[] }
  const named = components.map(({ id, ...component }) => ({ ...component, code: codeOf(byId.get(id)) }))
  return { type, components: named.sort((a, b) => (a.code < b.code ? -1 : 1)) }
}

/** The hub may link a partner that it withholds, or leave the link pending: the oracle lists those apart. */
function plainLinks(
  related: unknown,
  pending: { field: string; code: string }[],
  expected: Record<string, unknown>,
  byId: Map<unknown, Dumped>,
) {
  const open = expected['openLinks'] as string[]
  const links = (related as Dumped[]).map(({ type, kind, id, position }) => ({
    type,
    kind,
    code: codeOf(byId.get(id)),
    position,
  }))
  const isOpen = (link: (typeof links)[number]) => open.includes(`${String(link.type)} ${link.code}`)
  // A pending product is named by uuid, and one that was rejected has no record to look its SKU up in.
  const waiting = pending.filter(({ field }) => field.startsWith('related.')).length
  const openLinks =
    links.filter(isOpen).length + waiting === open.length
      ? open
      : [...links.filter(isOpen).map(({ code }) => code), ...pending.map(({ code }) => code)]
  return { related: links.filter((link) => !isOpen(link)), openLinks }
}

function codeOf(record: Dumped | undefined): string {
  if (!record) return 'a record that is not in the dump'
  const { code, uuid } = record['source'] as { code: string | null; uuid: string | null }
  return code ?? uuid ?? '?'
}

function differ(name: string, path: string, expected: unknown, actual: unknown): string[] {
  if (isDeepStrictEqual(expected, actual)) return []
  if (isPlain(expected) && isPlain(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].flatMap((key) =>
      differ(name, path === '' ? key : `${path}.${key}`, expected[key], actual[key]),
    )
  }
  return [`${name} ${path}: expected ${shown(expected)}, found ${shown(actual)}`]
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
