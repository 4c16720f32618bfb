import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { recordsOf } from '../../connectors/hub/records.ts'
import type { HubRecord } from '../../contracts/hub.ts'
import { compareDump, type Dumped } from '../oracle/compare.ts'
import type { World } from './world.ts'

/** What is not as it must be, a line each. */
export interface Findings {
  lost: string[]
  doubled: string[]
  leaked: string[]
}

/** The hub against a plain reading of Akeneo's own state. */
export async function hubDifferences({ sql, akeneo, connection, output }: World): Promise<string[]> {
  const dump: Dumped[] = []
  for await (const record of recordsOf(sql, connection, output))
    if (record.status !== 'retired') dump.push({ ...record })
  return compareDump(await akeneo.ask('expected', null), dump).differences
}

/** A feed that readers can go by: no number is missing, and each version of a record stands in it once. */
export async function feedProblems({ sql, connection, output }: World): Promise<Omit<Findings, 'leaked'>> {
  const [counter] = await sql<{ last: number; lines: number; highest: number }[]>`
    select coalesce((select seq from feed_counter where connection = ${connection} and output = ${output}), 0)::int as last,
      count(*)::int as lines, coalesce(max(seq), 0)::int as highest
    from feed where connection = ${connection} and output = ${output}`
  const { last = 0, lines = 0, highest = 0 } = counter ?? {}
  const lost =
    lines === last && highest === last ? [] : [`feed: ${lines} lines up to ${highest}, counted ${last}`]
  const rows = await sql<{ id: string; version: number; versions: number[] }[]>`
    select h.id, h.version, coalesce(array_agg(f.version order by f.seq) filter (where f.seq is not null), '{}') as versions
    from hub_record h left join feed f on f.connection = h.connection and f.output = h.output and f.id = h.id
    where h.connection = ${connection} and h.output = ${output} group by h.id, h.version`
  const doubled: string[] = []
  for (const { id, version, versions } of rows) {
    const expected = Array.from({ length: version }, (_, index) => index + 1)
    if (isDeepStrictEqual(versions, expected)) continue
    const line = `feed: ${id} is at version ${version}, its lines say ${versions.join(', ')}`
    if (new Set(versions).size < versions.length) doubled.push(line)
    else lost.push(line)
  }
  return { lost, doubled }
}

/** What the destination made of the deliveries, from its own journal. */
export async function receiverProblems(world: World): Promise<Omit<Findings, 'leaked'>> {
  const { sql, connection, output } = world
  const journal = await readFile(world.journal, 'utf8').catch(() => '')
  const items = new Map<string, { record: HubRecord; externalId: string }>()
  const doubled: string[] = []
  for (const line of journal.split('\n').filter(Boolean)) {
    const { record, result } = JSON.parse(line) as { record: HubRecord; result: { externalId: string } }
    const item = items.get(record.id)
    if (item && item.externalId !== result.externalId)
      doubled.push(`receiver: ${record.id} was created as ${item.externalId} and as ${result.externalId}`)
    if (!item || record.version >= item.record.version)
      items.set(record.id, { record, externalId: result.externalId })
  }
  const lost: string[] = []
  for await (const record of recordsOf(sql, connection, output)) {
    const item = items.get(record.id)
    items.delete(record.id)
    if (!item) lost.push(`receiver: ${record.kind} ${record.source.code ?? record.id} never came`)
    else if (!isDeepStrictEqual(plain(item.record), plain(record)))
      lost.push(
        `receiver: ${record.kind} ${record.source.code ?? record.id} is version ${item.record.version} there and ${record.version} in the hub`,
      )
  }
  for (const id of items.keys()) lost.push(`receiver: ${id} is there and not in the hub`)
  return { lost, doubled }
}

/** Its names at destinations are told to it by them. */
function plain(record: HubRecord): unknown {
  const { externalIds: _externalIds, ...rest } = record
  return JSON.parse(JSON.stringify(rest))
}

/** Pages that were committed twice, and calls beyond what Akeneo allows. */
export async function doubles({ sql, akeneo }: World): Promise<string[]> {
  const pages = await sql<{ transfer: bigint; cursor: string | null; times: number }[]>`
    select transfer, cursor, count(*)::int as times from transfer_page group by transfer, cursor having count(*) > 1`
  const peaks = await akeneo.ask('peaks', null)
  return [
    ...pages.map(
      ({ transfer, cursor, times }) =>
        `page ${cursor ?? 'first'} of transfer ${transfer} committed ${times} times`,
    ),
    ...Object.entries(peaks)
      .filter(([, peak]) => peak > 4)
      .map(([connection, peak]) => `${peak} calls of ${connection} at once`),
  ]
}

/** Secrets where none may stand: what workers and servers print, what is in the database, what Temporal keeps. */
export async function leaks(world: World): Promise<string[]> {
  const words = Object.entries({
    ...world.canaries,
    database: decodeURIComponent(new URL(world.services.databaseUrl(world.database)).password),
  })
  const found = (where: string, text: string) =>
    words.filter(([, word]) => text.includes(word)).map(([name]) => `${name} stands in ${where}`)
  const problems: string[] = []
  for (const log of world.logs) problems.push(...found(log, await readFile(log, 'utf8').catch(() => '')))
  const tables = await world.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`
  for (const { name } of tables) {
    const rows = await world.sql<{ text: string }[]>`select t::text as text from ${world.sql(name)} t`
    problems.push(...found(`table ${name}`, rows.map(({ text }) => text).join('\n')))
  }
  for await (const { workflowId, runId } of world.client.workflow.list({
    query: `TaskQueue = '${world.connection}'`,
  })) {
    const history = await world.client.workflow.getHandle(workflowId, runId).fetchHistory()
    problems.push(...found(`the history of ${workflowId}`, textOf(history)))
  }
  return [...new Set(problems)]
}

/** All text in a history; payloads are bytes, and their text is what is looked at. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (typeof value !== 'object' || value === null) return ''
  return Object.values(value).map(textOf).join('\n')
}
