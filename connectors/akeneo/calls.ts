import type { Readable } from 'node:stream'
import { isUuid } from '../../domain/uuid.ts'
import { dateOf } from '../http-headers.ts'
import { isMissingRecord, jsonOf, failureOf, offContract } from './answers.ts'
import type { AkeneoCalls, OneRecord, PageQuery, ReadOneOptions } from './client.ts'
import { notAkeneo } from './grant.ts'
import type { LaneUse } from '../hub/lane-use.ts'
import { apiRoot, Chains, codeInPath, linkAhead, withoutAttributes, withPageSize } from './links.ts'
import { pageContent, readItem } from './pages.ts'
import type { Answered, Requester } from './requester.ts'
import { AkeneoRoot, AkeneoSystemInformation } from './schema.ts'
import type { AkeneoConnection, ProductIdFormat } from './settings.ts'
import { type StreamDefinition, streamAt, streamOf } from './streams.ts'
import { addressOf, mediaTypeOf, refusePage } from './files.ts'
import type { HttpAnswer } from '../http.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { createWrites } from './writes.ts'

interface CallsParts {
  connection: AkeneoConnection
  requester: Requester
  lane: LaneUse
  /** The one lane in which options are written. */
  optionLane: LaneUse
  /** Of the whole client: `auto` until it was found out. */
  products: { format: ProductIdFormat; completenesses: () => Promise<boolean>; knowsUuids: boolean }
  late: AbortSignal
  /** Longest time of a download. */
  downloadMs: number
}

const largestPage = 100

export function createCalls({
  connection,
  requester,
  lane,
  optionLane,
  products,
  late,
  downloadMs,
}: CallsParts): AkeneoCalls {
  const chains = new Chains()
  const get = (path: string, accepted: number[] = [], onSent?: () => void) =>
    lane.call((turn) => requester.get(turn, path, { late, accepted, ...(onSent ? { onSent } : {}) }))

  const writes = createWrites({ requester, lane, optionLane, definition, late })

  return { readPage, readOne, download, ...writes, productsBy, count, systemInformation, root }

  async function readPage(...[name, request]: Parameters<AkeneoCalls['readPage']>) {
    const { cursor, query = {}, parent, limit, onSent, onAnswer } = request
    const stream = cursor === null ? await definition(name) : streamAt(name, cursor)
    const path =
      cursor === null
        ? firstPage(stream, pathOf(stream, parent), query, limit ?? largestPage, await extras(name))
        : withPageSize(cursor, limit, query.attributes)
    const { answer, ticket, asked } = await get(path, [], onSent)
    if (onAnswer) {
      const next = linkAhead(answer.body)
      if (typeof next === 'string') chains.follow(cursor, next, asked)
      await onAnswer(next)
    }
    const content = pageContent(jsonOf(answer, asked), stream, asked)
    if (content.next !== null) chains.follow(cursor, content.next, asked)
    // The records that follow are wanted whole again.
    const next = content.next !== null && query.attributes ? withoutAttributes(content.next) : content.next
    return { ...content, next, ticket, date: dateOf(answer.headers) }
  }

  async function readOne(
    name: StreamName,
    key: string,
    { parent, productsBy }: ReadOneOptions = {},
  ): Promise<OneRecord> {
    if (productsBy === undefined && (await isUuidAmongIdentifiers(name, key))) return oneByUuid(key)
    const stream = productsBy === undefined ? await definition(name) : streamOf(name, productsBy)
    if (stream.paging === 'none') return oneOfList(name, key)
    const extra = new URLSearchParams(await extras(name)).toString()
    const path =
      stream.paging === 'one' ? pathOf(stream, key) : `${pathOf(stream, parent)}/${codeInPath(key)}`
    const answered = await get(extra === '' ? path : `${path}?${extra}`, [404])
    const { answer, ticket, asked } = answered
    const seen = { ticket, date: dateOf(answer.headers) }
    if (answer.status === 404) {
      if (isMissingRecord(answer)) return { item: null, broken: null, ...seen }
      throw failureOf(answer, asked, () => 0)
    }
    return { ...readItem(jsonOf(answer, asked), stream, key), ...seen }
  }

  async function download(...[file, take]: Parameters<AkeneoCalls['download']>) {
    const how = {
      late,
      timeoutMs: downloadMs,
      take: async (body: Readable, headers: HttpAnswer['headers']) => {
        refusePage(file, headers)
        await take(body)
      },
    }
    const { answer, asked } = await lane.call((turn) => requester.download(turn, addressOf(file), how))
    if (answer.status === 200) return { mimeType: mediaTypeOf(answer.headers) }
    if (isMissingRecord(answer)) return null
    throw failureOf(answer, asked, () => 0)
  }

  /** Products are stored by their uuid wherever Akeneo shows it; where they are asked for by identifier, their address takes no uuid. */
  async function isUuidAmongIdentifiers(name: StreamName, key: string): Promise<boolean> {
    return name === 'products' && isUuid(key) && (await productsBy()) === 'identifier' && (await knowsUuids())
  }

  /** As lists show it, which name its partners by identifier; without an identifier it is in none, and has an address by uuid alone. */
  async function oneByUuid(uuid: string): Promise<OneRecord> {
    const search = { uuid: [{ operator: 'IN', value: [uuid] }] }
    const { items, broken, ticket, date } = await readPage('products', { cursor: null, query: { search } })
    const [item = null] = items
    const [unreadable = null] = broken
    if (item !== null || unreadable !== null) return { item, broken: unreadable, ticket, date }
    return readOne('products', uuid, { productsBy: 'uuid' })
  }

  /** Where there is no address of a single record. */
  async function oneOfList(name: StreamName, key: string): Promise<OneRecord> {
    const { items, broken, ticket, date } = await readPage(name, { cursor: null })
    const same = (code: string) => code.toLowerCase() === key.toLowerCase()
    return {
      item: items.find((item) => same((item as { code: string }).code)) ?? null,
      broken: broken.find((item) => same(item.key)) ?? null,
      ticket,
      date,
    }
  }

  async function count(...[name, search]: Parameters<AkeneoCalls['count']>): Promise<number> {
    const query: PageQuery = { search, withCount: true, paging: 'page' }
    const page = await readPage(name, { cursor: null, query, limit: 1 })
    if (page.count !== undefined) return page.count
    throw offContract(`the number of ${name} of ${connection.name}`, 'a page without items_count')
  }

  async function systemInformation(): Promise<AkeneoSystemInformation | null> {
    const { answer, asked } = await get('/system-information', [404])
    if (answer.status === 404) return null
    const parsed = AkeneoSystemInformation.safeParse(jsonOf(answer, asked))
    if (parsed.success) return parsed.data
    throw offContract(asked, 'JSON without version and edition')
  }

  async function root() {
    const { answer, asked } = await lane.call((turn) => requester.getRoot(turn, { late }))
    const { routes } = rootOf({ answer, asked })
    return { routes: Object.values(routes).map(({ route }) => route), date: dateOf(answer.headers) }
  }

  /** What each reading of a stream asks for, however it reads: else a record would change with who read it last. */
  async function extras(name: StreamName): Promise<Record<string, string>> {
    // Where categories have no values, it is passed over.
    if (name === 'categories') return { with_enriched_attributes: 'true' }
    return name === 'products' && (await products.completenesses()) ? { with_completenesses: 'true' } : {}
  }

  async function definition(name: StreamName): Promise<StreamDefinition> {
    return streamOf(name, name === 'products' ? await productsBy() : 'uuid')
  }

  async function productsBy(): Promise<'uuid' | 'identifier'> {
    if (products.format === 'auto') {
      products.format = (await knowsUuids()) ? 'uuid' : 'identifier'
    }
    return products.format
  }

  /** Remembered once it is so: an Akeneo may be updated to 7.0, and is then asked again when it shows the first uuid. */
  async function knowsUuids(): Promise<boolean> {
    if (!products.knowsUuids) {
      const { routes } = await root()
      products.knowsUuids = routes.some((route) => route.replace(apiRoot, '') === '/products-uuid')
    }
    return products.knowsUuids
  }
}

/** The listing of routes; anything else at this address is no Akeneo. */
function rootOf({ answer, asked }: Pick<Answered, 'answer' | 'asked'>): AkeneoRoot {
  const { status, headers } = answer
  if (status === 429 || status === 408 || status >= 500) throw failureOf(answer, asked, () => 1000)
  if (status !== 200)
    throw notAkeneo(asked, `${status} with ${String(headers['content-type'] ?? 'no content')}`)
  if (!String(headers['content-type']).includes('json')) {
    throw notAkeneo(asked, `200 with ${String(headers['content-type'] ?? 'no content type')}`)
  }
  const parsed = AkeneoRoot.safeParse(jsonOf(answer, asked))
  if (parsed.success) return parsed.data
  throw notAkeneo(asked, '200 with JSON that is not the listing of Akeneo')
}

function pathOf(stream: StreamDefinition, parent: string | undefined): string {
  if (stream.per === undefined) return stream.path
  if (parent === undefined) throw new Error(`${stream.path} needs the record that the list belongs to`)
  return stream.path.replace('{parent}', codeInPath(parent))
}

/** https://api.akeneo.com/documentation/pagination.html: the first page; all others are links. */
function firstPage(
  stream: StreamDefinition,
  path: string,
  query: PageQuery,
  limit: number,
  extras: Record<string, string>,
): string {
  if (stream.paging === 'none' || stream.paging === 'one') return path
  const parameters = new URLSearchParams(extras)
  if (stream.paging === 'search_after' && query.paging !== 'page') {
    parameters.set('pagination_type', 'search_after')
  } else {
    if (query.page !== undefined && query.page > 1) parameters.set('page', String(query.page))
    if (query.withCount) parameters.set('with_count', 'true')
  }
  if (stream.paging !== 'cursor') parameters.set('limit', String(limit))
  if (query.search && Object.keys(query.search).length > 0)
    parameters.set('search', JSON.stringify(query.search))
  if (query.withPosition) parameters.set('with_position', 'true')
  if (query.attributes && query.attributes.length > 0)
    parameters.set('attributes', query.attributes.join(','))
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`
}
