import type { Findings } from './checks.ts'
import { aboutOf, isIcecats, mappedContent, sheets, versionOf } from './icecat-content.ts'
import type { EnrichedProduct, Writes } from './programs/akeneo.ts'
import type { Value } from '../../simulator/akeneo/catalog/records.ts'
import { textOf, type Written } from './programs/value-log.ts'
import type { World } from './world.ts'

/**
 * An edit that is younger than this when the hub's write comes may be written over: what the search trails by, how long a look for edits holds,
 * what a line may wait for after it, and how long Akeneo takes for a slow call. Of an edit that comes this soon after a write whose answer was
 * lost, nobody can tell whether that write was done. Unit ms.
 */
export const windowMs = 12_000

/** What enrichment has lost or done twice, told from Akeneo's own log of what was written by whom; once it has come to rest. */
export async function enrichmentProblems(world: World): Promise<Omit<Findings, 'leaked'>> {
  const writes = await world.akeneo.ask('writes', null)
  const refused = await refusedRecords(world)
  const places = byPlace(writes.written)
  const lost = [
    ...[...places.values()].flatMap(editsWrittenOver),
    ...(await missingContent(world, writes, places, refused)),
    ...(await ledgerProblems(world, writes, places)),
    ...(await unfinished(world)),
  ]
  const doubled = [
    ...[...places.values()].flatMap(olderContent),
    ...atOnce(writes),
    ...writes.made.map((record) => `enrichment: ${record} was made by a write`),
  ]
  return { lost, doubled }
}

/** All that was written at one place, in its order. */
type History = Written[]

const nameOf = (record: string, place: string) => `${record} ${place}`

function byPlace(written: readonly Written[]): Map<string, History> {
  const places = new Map<string, History>()
  for (const one of written) {
    const name = nameOf(one.record, one.place)
    places.set(name, [...(places.get(name) ?? []), one])
  }
  return places
}

const shown = ({ data, by, at }: Written) => `${JSON.stringify(data)} (${by}, ${Math.round(at) % 10_000_000})`

/** A person's value stays: unless it is Icecat's own, or nothing where the hub has never written. */
function editsWrittenOver(history: History): string[] {
  return history.flatMap((write, index) => {
    const before = history[index - 1]
    if (write.by !== 'hub' || before?.by !== 'person') return []
    const earlier = history.slice(0, index - 1).findLast(({ by }) => by === 'hub')
    const isOpen = before.data === null ? earlier === undefined : isIcecats(before.data)
    const isRecent =
      write.at - before.at < windowMs || (earlier !== undefined && before.at - earlier.at < windowMs)
    if (isOpen || isRecent || wasAdopted(history.slice(0, index))) return []
    return [
      `enrichment: ${write.record} ${write.place}: ${shown(before)} was written over by ${shown(write)}`,
    ]
  })
}

/** Whether a person once wrote what Icecat has: then it may be the hub's from there on. */
const wasAdopted = (history: History) =>
  history.some(({ by, data }) => by === 'person' && data !== null && isIcecats(data))

/** Of two contents that the hub wrote, the later one is never the older. */
function olderContent(history: History): string[] {
  return history.flatMap((write, index) => {
    const before = history[index - 1]
    if (write.by !== 'hub' || before?.by !== 'hub') return []
    const [earlier, later] = [versionOf(before.data), versionOf(write.data)]
    if (earlier === null || later === null || later > earlier) return []
    // A variant that has moved brings its own sheet's content to its new models.
    if (aboutOf(before.data) !== aboutOf(write.data)) return []
    return [`enrichment: ${write.record} ${write.place}: ${shown(before)}, then ${shown(write)}`]
  })
}

/** Records that two calls had in hand at the same time. */
function atOnce({ calls }: Writes): string[] {
  const ends = new Map<string, number>()
  return calls
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .flatMap(({ names, startedAt, finishedAt }) =>
      names.flatMap((name) => {
        const end = ends.get(name) ?? 0
        ends.set(name, Math.max(end, finishedAt))
        return startedAt < end ? [`enrichment: ${name} was written by two calls at once`] : []
      }),
    )
}

/** What Icecat has and nobody has written something else for, in the product or the model that it belongs to. */
async function missingContent(
  { icecat }: World,
  { products }: Writes,
  places: ReadonlyMap<string, History>,
  refused: ReadonlySet<string>,
): Promise<string[]> {
  const versions = await icecat.ask('versions', null)
  const wanted = new Map<string, Set<string>>()
  for (const product of products.filter(isSheetsProduct)) {
    for (const [place, text] of mappedContent(product.sheet, versions.get(product.sheet) ?? 0)) {
      const owner = product.owners[attributeOf(place)] ?? product.uuid
      if (refused.has(owner)) continue
      const name = nameOf(owner, place)
      wanted.set(name, (wanted.get(name) ?? new Set()).add(text))
    }
  }
  return [...wanted].flatMap(([name, texts]) => {
    const [text, other] = texts
    // Variants that have moved say different things of their model: which of them it has is not said here.
    if (text === undefined || other !== undefined) return []
    const history = places.get(name) ?? []
    const last = history.at(-1)
    if (last?.data === text) return []
    const isOurs = last?.by === 'hub'
    const isOpen =
      (last?.data ?? null) === null && !history.some(({ by }) => by === 'hub') && !wasAdopted(history)
    if (!isOurs && !isOpen) return []
    return [`enrichment: ${name}: ${last ? shown(last) : 'nothing'} stands there, Icecat has ${text}`]
  })
}

const attributeOf = (place: string): string => place.split(' ')[0] ?? place

const isSheetsProduct = (product: EnrichedProduct): product is EnrichedProduct & { sheet: string } =>
  product.sheet !== null && product.family !== null && sheets.includes(product.sheet)

interface Entry {
  key: string
  place: string
  /** Values are stored as Akeneo has them. */
  sent: Value['data']
  echoed: Value['data']
  isUnread: boolean
}

/** The ledger has what the hub wrote, as it stands there. */
async function ledgerProblems(
  { sql, connection }: World,
  { products, models }: Writes,
  places: ReadonlyMap<string, History>,
): Promise<string[]> {
  const rows = await sql<Entry[]>`
    select key, place, sent, echoed, is_unread as "isUnread" from enrichment_value where connection = ${connection}`
  const entries = new Map(rows.map((row) => [nameOf(row.key, row.place), row]))
  const present = new Set([...products.map(({ uuid }) => uuid), ...models])
  return [...places].flatMap(([name, history]) => {
    const last = history.at(-1)
    if (last?.by !== 'hub' || !present.has(last.record)) return []
    const entry = entries.get(name)
    if (entry === undefined) return [`ledger: ${name}: ${shown(last)} was written and is not in it`]
    if (entry.isUnread) return [`ledger: ${name} was never read back`]
    const [sent, echoed] = [entry.sent, entry.echoed].map((data) => textOf(data))
    const there = last.file ?? last.data
    return sent === there && echoed === there
      ? []
      : [
          `ledger: ${name}: sent ${String(sent)}, echoed ${String(echoed)}, and ${String(there)} stands there: ${shown(last)}`,
        ]
  })
}

/** Akeneo takes no change of these, such as of a set whose part was deleted, and the hub says so with its words. */
async function refusedRecords({ sql, connection }: World): Promise<Set<string>> {
  const rows = await sql<{ key: string }[]>`
    select key from enrichment_line l where connection = ${connection} and state = 'parked' and exists (
      select 1 from enrichment_finding f where f.connection = l.connection and f.stream = l.stream and f.key = l.key
        and f.kind = 'refused' and f.code <> 'no-answer')`
  return new Set(rows.map(({ key }) => key))
}

/** Lines, files and products that wait for nobody. */
export async function unfinished(world: World): Promise<string[]> {
  const { sql, connection } = world
  const refused = await refusedRecords(world)
  const lines = await sql<{ key: string; state: string; message: string | null }[]>`
    select key, state, message from enrichment_line where connection = ${connection}`
  const files = await sql<{ key: string; place: string; message: string | null }[]>`
    select key, place, message from enrichment_file where connection = ${connection}`
  const due = await sql<{ product: string; due: string }[]>`
    select product, due from enrichment_product where connection = ${connection} and due is not null`
  return [
    ...lines
      .filter(({ key }) => !refused.has(key))
      .map(({ key, state, message }) => `enrichment: the line of ${key} is left ${state} ${message ?? ''}`),
    ...files.map(
      ({ key, place, message }) => `enrichment: the file of ${key} ${place} is left: ${message ?? ''}`,
    ),
    ...due.map(({ product, due: why }) => `enrichment: ${product} is left due (${why})`),
  ]
}
