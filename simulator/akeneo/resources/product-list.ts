import type { Catalog } from '../catalog/catalog.ts'
import { partition } from '../catalog/product-store.ts'
import type { Product, ProductModel } from '../catalog/records.ts'
import type { Seconds } from '../dates.ts'
import { badRequest, tooManyPages, unprocessable, type ApiError } from '../errors.ts'
import {
  encodePath,
  offsetPage,
  readPaging,
  searchAfterPage,
  type LinkQuery,
  type ListItem,
  type Paging,
} from '../http/paging.ts'
import { ok, type ApiRequest, type ApiResponse } from '../http/request.ts'
import type { JsonObject } from '../json.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { accessOf, isVisible } from '../rights/access.ts'
import { restrict, visibleValues } from '../rights/restrict.ts'
import { criteriaOf, decodeSearch, type Criterion } from '../search/criteria.ts'
import { secondsOf } from '../search/date-filter.ts'
import { inOrder, namedProducts } from '../search/named-products.ts'
import type { Predicate, SearchContext } from '../search/predicate.ts'
import { checkLocales, compileSearch } from '../search/product-search.ts'
import type { SearchDocument } from '../search/search-index.ts'
import { API } from './listing.ts'
import { flag, readProjection } from './projection.ts'
import {
  renderContext,
  renderModel,
  renderProduct,
  renderPublished,
  type Projection,
  type RenderContext,
} from './render-product.ts'

const INVALID_SEARCH = 'Search query parameter should be valid JSON.'

export type Flavour = 'identifier' | 'uuid' | 'model' | 'published'

/** How the three lists differ; everything else about them is the same. */
interface Listing {
  path: string
  kind: 'product' | 'product_model'
  malformedSearch: () => ApiError
  unknownProperty: 404 | 422
  /** In their order; of the products that are asked for at least those must be among them that `asked` describes. */
  records: (pim: Pim, after: string | undefined, asked: Asked) => Iterable<Product | ProductModel>
  key: (record: Product | ProductModel) => string
}

/** What is known of the products that a search asks for before it looks at any of them. */
interface Asked {
  /** No other second has one of them created or changed. */
  dated: Seconds
  /** It can only be one of these. */
  named: Product[] | undefined
}

const uuidOf = (record: Product | ProductModel) => (record.kind === 'product' ? record.uuid : record.code)
const codeOf = (record: Product | ProductModel) =>
  record.kind === 'product' ? (record.identifier ?? '') : record.code

const LISTINGS: Record<Flavour, Listing> = {
  uuid: {
    path: `${API}/products-uuid`,
    kind: 'product',
    malformedSearch: () => badRequest(INVALID_SEARCH),
    unknownProperty: 422,
    records: ({ catalog }, after, { dated, named }) =>
      named === undefined
        ? catalog.products.afterUuid(after?.toLowerCase(), dated)
        : inOrder(named, ({ uuid }) => uuid, after),
    key: uuidOf,
  },
  identifier: {
    path: `${API}/products`,
    kind: 'product',
    malformedSearch: () => badRequest(INVALID_SEARCH),
    unknownProperty: 404,
    records: ({ catalog }, after, { named }) =>
      named === undefined
        ? catalog.products.afterIdentifier(after)
        : inOrder(named, ({ identifier }) => identifier, after),
    key: codeOf,
  },
  published: {
    path: `${API}/published-products`,
    kind: 'product',
    malformedSearch: () => badRequest(INVALID_SEARCH),
    unknownProperty: 422,
    records: (pim, after) => publishedAfter(pim.catalog, after),
    key: codeOf,
  },
  model: {
    path: `${API}/product-models`,
    kind: 'product_model',
    malformedSearch: () => unprocessable(INVALID_SEARCH),
    unknownProperty: 404,
    records: (pim, after) => modelsAfter(pim.catalog, after),
    key: codeOf,
  },
}

function publishedAfter(catalog: Catalog, after: string | undefined): Product[] {
  const from = after?.toLowerCase()
  return catalog.published
    .sorted()
    .filter(({ identifier }) => from === undefined || (identifier ?? '').toLowerCase() > from)
}

function* modelsAfter(catalog: Catalog, after: string | undefined): Generator<ProductModel> {
  const models = catalog.modelsInOrder()
  const from = after?.toLowerCase()
  const codeAt = (at: number) => models[at]?.code.toLowerCase() ?? ''
  const first = from === undefined ? 0 : partition(models.length, (at) => codeAt(at) <= from)
  for (let at = first; at < models.length; at++) yield models[at] as ProductModel
}

// Elasticsearch refuses a window beyond this many hits.
const MAX_WINDOW = 10_000

/** One page of products or models. */
export function listProducts(pim: Pim, flavour: Flavour, request: ApiRequest): ApiResponse {
  const listing = LISTINGS[flavour]
  const { query } = request
  const search = decodeSearch(query.get('search') ?? undefined, listing.malformedSearch)
  const paging = readPaging(query, true)
  const projection = readProjection(pim, query)
  const criteria = criteriaOf(search, {
    locale: query.get('search_locale') ?? undefined,
    scope: query.get('search_scope') ?? undefined,
  })
  const scope = query.get('scope')
  if (scope !== null && !Object.hasOwn(search, 'categories')) {
    // A scope also restricts the list to the channel's tree, which hides what is in no category at all.
    const tree = pim.catalog.channels.get(scope)?.category_tree ?? ''
    const value = [tree]
    criteria.push({
      property: 'categories',
      operator: 'IN CHILDREN',
      value,
      locale: undefined,
      locales: undefined,
      scope: undefined,
    })
  }
  const context = {
    catalog: pim.catalog,
    timezone: pim.settings.timezone,
    nowMs: pim.clock.now().getTime(),
    cloud: isCloud(pim.settings),
  }
  const access = accessOf(pim, request.connection)
  const predicates = compileSearch(listing.kind, criteria, context, listing.unknownProperty, access)
  if (access !== undefined) predicates.push(({ record }) => isVisible(access, record))
  const searchLocale = query.get('search_locale')
  if (searchLocale !== null) checkLocales([searchLocale], pim.catalog)

  pim.index.settle()
  const asked = askedFor(pim, criteria, context)
  const links = linkQuery(query, paging, flavour)
  const render = renderContext(pim, request)
  const shown = { ...projection, ...visibleValues(access) }
  const toItem = (record: Product | ProductModel): ListItem => ({
    path: `${listing.path}/${encodePath(listing.key(record))}`,
    item: restrict(pim, access, record, renderRecord(record, flavour, shown, render)),
  })

  if (paging.type === 'search_after') {
    const cursor = query.get('search_after') ?? undefined
    const { opaqueCursors } = pim.settings
    const after = cursor !== undefined && opaqueCursors ? Buffer.from(cursor, 'base64url').toString() : cursor
    const found = take(pim, flavour, listing.records(pim, after, asked), predicates, 0, paging.limit)
    const last = found.records.at(-1)
    const key = last === undefined ? undefined : listing.key(last)
    const next = key !== undefined && opaqueCursors ? Buffer.from(key).toString('base64url') : key
    return ok(searchAfterPage(request, paging, links, found.records.map(toItem), { self: cursor, next }))
  }
  const from = (paging.page - 1) * paging.limit
  if (from + paging.limit > MAX_WINDOW) throw tooManyPages()
  const found = take(
    pim,
    flavour,
    listing.records(pim, undefined, asked),
    predicates,
    from,
    paging.limit,
    paging.withCount,
  )
  return ok(offsetPage(request, paging, links, found.records.map(toItem), found.count))
}

function askedFor(pim: Pim, criteria: readonly Criterion[], context: SearchContext): Asked {
  const { products } = pim.catalog
  const trailing = () => pim.index.trailing().flatMap((key) => products.peek(key) ?? [])
  return {
    dated: secondsOf(['created', 'updated'], criteria, context),
    named: namedProducts(pim.catalog, criteria, trailing),
  }
}

function renderRecord(
  record: Product | ProductModel,
  flavour: Flavour,
  projection: Projection,
  context: RenderContext,
): JsonObject {
  if (record.kind === 'product_model') return renderModel(record, projection, context)
  if (flavour === 'published') return renderPublished(record, projection, context)
  return renderProduct(record, flavour === 'uuid' ? 'uuid' : 'identifier', projection, context)
}

/** Walks records in order and keeps one window of those that all conditions hold for; counts on when asked. */
function take(
  pim: Pim,
  flavour: Flavour,
  records: Iterable<Product | ProductModel>,
  predicates: Predicate[],
  from: number,
  limit: number,
  withCount = false,
): { records: (Product | ProductModel)[]; count: number | undefined } {
  const found: (Product | ProductModel)[] = []
  let hits = 0
  for (const record of records) {
    // What is published stands apart from the product of the same uuid, and no lag concerns it.
    const document: SearchDocument | null =
      flavour === 'published' ? pim.index.live(record) : pim.index.document(record)
    if (document === null || !predicates.every((holds) => holds(document))) continue
    if (hits >= from && found.length < limit) found.push(record)
    hits++
    if (!withCount && found.length === limit) break
  }
  return { records: found, count: withCount ? hits : undefined }
}

/**
 * Links repeat the query, save `search_locale`, which Akeneo forgets (akeneo/pim-community-dev#11722): page 2 then filters
 * differently, here as there.
 */
function linkQuery(query: URLSearchParams, paging: Paging, flavour: Flavour): LinkQuery {
  const links: LinkQuery = []
  if (paging.type === 'page') links.push(['page', String(paging.page)])
  links.push(['with_count', query.get('with_count') ?? 'false'])
  links.push(['pagination_type', paging.type])
  links.push(['limit', String(paging.limit)])
  for (const name of ['search', 'scope', 'search_scope', 'locales', 'attributes']) {
    const value = query.get(name)
    if (value === null) continue
    links.push([name, name === 'search' ? JSON.stringify(JSON.parse(value)) : value])
  }
  const switches =
    flavour === 'model'
      ? ['with_quality_scores']
      : ['with_attribute_options', 'with_quality_scores', 'with_completenesses', 'with_root_parent']
  const cloudSwitches = ['with_workflow_execution_statuses', 'with_asset_share_links', 'convert_measurements']
  for (const name of [...switches, ...cloudSwitches]) if (flag(query, name)) links.push([name, 'true'])
  return links
}
