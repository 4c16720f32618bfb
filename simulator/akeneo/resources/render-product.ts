import type { Catalog } from '../catalog/catalog.ts'
import { completenessReader, type Completeness } from '../catalog/completeness.ts'
import { merged, type Merged } from '../catalog/inherit.ts'
import { qualityReader, type QualityScore } from '../catalog/quality.ts'
import type { Links, Product, ProductModel, QuantifiedLink, Value, Values } from '../catalog/records.ts'
import { isoDate } from '../dates.ts'
import { encodePath } from '../http/paging.ts'
import { phpString, type Json, type JsonObject } from '../json.ts'
import { isCloud } from '../options.ts'
import type { Pim } from '../pim.ts'
import { keyOf } from '../search/search-index.ts'
import { cloudValues, type CloudValues } from './cloud-values.ts'
import { type ShownAmounts, shownAmounts } from './shown-amounts.ts'

/** Which values and extras a read shows. */
export interface Projection {
  attributes?: ReadonlySet<string>
  locales?: ReadonlySet<string>
  scope?: string
  withAttributeOptions?: boolean
  withQualityScores?: boolean
  withCompletenesses?: boolean
  withRootParent?: boolean
  withWorkflowStatuses?: boolean
  withAssetShareLinks?: boolean
  /** Measures also in the units of the channel in `scope`. */
  convertMeasurements?: boolean
  /** Values of attributes in these groups, and in other locales than these, do not exist for this user. */
  visible?: (attribute: string, locale: string | null) => boolean
}

export interface RenderContext {
  catalog: Catalog
  timezone: string
  origin: string
  /** Whether `/products` shows the main identifier among the values too: code after Aug 2023 does, 7.0 does not. */
  identifierInValues: boolean
  /** What families ask for is found out once for all records of an answer. */
  completeness: (product: Product) => Completeness[]
  quality: (record: Product | ProductModel) => QualityScore[]
  amounts: ShownAmounts
  /** What the cloud adds to the values of one attribute; absent for a release. */
  cloudValues: CloudValues | undefined
  workflowStatuses: (record: Product | ProductModel) => Json[]
}

export function renderContext(pim: Pim, request: { origin: string }): RenderContext {
  return {
    catalog: pim.catalog,
    timezone: pim.settings.timezone,
    origin: request.origin,
    identifierInValues: pim.settings.identifierInValues,
    completeness: completenessReader(pim.catalog),
    quality: qualityReader(pim.catalog),
    amounts: shownAmounts(pim.catalog),
    cloudValues: isCloud(pim.settings) ? cloudValues(pim.catalog, request.origin) : undefined,
    workflowStatuses: (record) => [...(pim.catalog.workflowStatuses.get(keyOf(record)) ?? [])],
  }
}

export function renderProduct(
  product: Product,
  keyedBy: 'identifier' | 'uuid',
  projection: Projection,
  context: RenderContext,
): JsonObject {
  const { catalog, timezone } = context
  const whole = merged(catalog, product)
  const values = renderValues(whole.values, projection, context)
  if (product.identifier !== null && (keyedBy === 'uuid' || context.identifierInValues)) {
    const { code } = catalog.mainIdentifier()
    if (isVisible(projection, code, null)) {
      const entries = [{ locale: null, scope: null, data: product.identifier }]
      values[code] = context.cloudValues?.(code, entries, projection) ?? entries
    }
  }
  const byUuid = keyedBy === 'uuid'
  return {
    uuid: product.uuid,
    ...(byUuid ? {} : { identifier: product.identifier }),
    enabled: product.enabled,
    family: product.family,
    categories: [...whole.categories],
    groups: [...product.groups],
    parent: storedParent(catalog, product),
    ...(byUuid && projection.withRootParent === true && rootOf(catalog, product)),
    values,
    created: isoDate(product.created, timezone),
    updated: isoDate(product.updated, timezone),
    associations: renderAssociations(whole, catalog, byUuid ? 'uuid' : 'identifier'),
    quantified_associations: renderQuantified(whole, catalog, byUuid ? 'uuid' : 'identifier'),
    ...(projection.withQualityScores === true && { quality_scores: scores(context, product) }),
    ...(projection.withCompletenesses === true && {
      completenesses: context
        .completeness(product)
        .filter(({ scope, locale }) => isProjected(projection, scope, locale))
        .map((entry) => ({ ...entry })),
    }),
    ...(projection.withWorkflowStatuses === true && {
      workflow_execution_statuses: context.workflowStatuses(product),
    }),
  }
}

/** A product as it was published: a copy with a key of its own, which knows no model above it. */
export function renderPublished(
  product: Product,
  projection: Projection,
  context: RenderContext,
): JsonObject {
  const {
    uuid: _uuid,
    parent: _parent,
    ...answer
  } = renderProduct(product, 'identifier', projection, context)
  return answer
}

export function renderModel(model: ProductModel, projection: Projection, context: RenderContext): JsonObject {
  const { catalog, timezone } = context
  const whole = merged(catalog, model)
  return {
    code: model.code,
    family: model.family,
    family_variant: model.family_variant,
    parent: storedParent(catalog, model),
    categories: [...whole.categories],
    values: renderValues(whole.values, projection, context),
    created: isoDate(model.created, timezone),
    updated: isoDate(model.updated, timezone),
    // A partner without identifier cannot be named here and is left out (GetProductAssociationsByProductModelCodes).
    associations: renderAssociations(whole, catalog, 'identifier-only'),
    quantified_associations: renderQuantified(whole, catalog, 'identifier-only'),
    ...(projection.withQualityScores === true && { quality_scores: scores(context, model) }),
    ...(projection.withWorkflowStatuses === true && {
      workflow_execution_statuses: context.workflowStatuses(model),
    }),
  }
}

/** Parents are matched whatever their letter case, answers show the model's own code. */
function storedParent(catalog: Catalog, record: Product | ProductModel): string | null {
  return record.parent === null ? null : (catalog.models.get(record.parent)?.code ?? record.parent)
}

/** Only variants have one; of others nothing is said. */
function rootOf(catalog: Catalog, product: Product): JsonObject {
  const root = catalog.ancestors(product).at(-1)
  return root === undefined ? {} : { root_parent: root.code }
}

function isVisible(projection: Projection, attribute: string, locale: string | null): boolean {
  if (projection.attributes?.has(attribute) === false) return false
  return projection.visible?.(attribute, locale) !== false
}

function isProjected(projection: Projection, scope: string, locale: string): boolean {
  return (projection.scope ?? scope) === scope && projection.locales?.has(locale) !== false
}

function renderValues(values: Values, projection: Projection, context: RenderContext): JsonObject {
  const rendered: JsonObject = {}
  const whole =
    projection.attributes === undefined &&
    projection.locales === undefined &&
    projection.scope === undefined &&
    projection.visible === undefined &&
    projection.withAttributeOptions !== true &&
    context.cloudValues === undefined
  for (const [attribute, stored] of values) {
    const type = context.catalog.attributes.get(attribute)?.type
    const entries = type === 'pim_catalog_price_collection' ? context.amounts(stored) : stored
    if (entries.length === 0) continue
    if (whole && type !== 'pim_catalog_image' && type !== 'pim_catalog_file') {
      // Stored values have the answer's form; most pages are read whole, and copying each value would cost a third.
      rendered[attribute] = entries as unknown as Json[]
      continue
    }
    if (!isVisible(projection, attribute, null)) continue
    const shown: JsonObject[] = []
    for (const entry of entries) {
      if (entry.scope !== null && projection.scope !== undefined && entry.scope !== projection.scope) continue
      if (entry.locale !== null && projection.locales?.has(entry.locale) === false) continue
      if (entry.locale !== null && !isVisible(projection, attribute, entry.locale)) continue
      shown.push(renderValue(attribute, type, entry, projection, context))
    }
    if (shown.length > 0) rendered[attribute] = context.cloudValues?.(attribute, shown, projection) ?? shown
  }
  return rendered
}

function renderValue(
  attribute: string,
  type: string | undefined,
  { locale, scope, data }: Value,
  projection: Projection,
  context: RenderContext,
): JsonObject {
  if (type === 'pim_catalog_image' || type === 'pim_catalog_file') {
    const href = `${context.origin}/api/rest/v1/media-files/${encodePath(phpString(data))}/download`
    return { locale, scope, data, _links: { download: { href } } }
  }
  if (projection.withAttributeOptions === true) {
    const linked = linkedData(attribute, type, data, context.catalog)
    if (linked !== undefined) return { locale, scope, data, linked_data: linked }
  }
  return { locale, scope, data }
}

function linkedData(
  attribute: string,
  type: string | undefined,
  data: Json,
  catalog: Catalog,
): JsonObject | undefined {
  const option = (code: Json): JsonObject => {
    const found = catalog.options.get(attribute)?.get(phpString(code))
    return { attribute, code: found?.code ?? code, labels: { ...found?.labels } }
  }
  if (type === 'pim_catalog_simpleselect') return option(data)
  if (type !== 'pim_catalog_multiselect' || !Array.isArray(data)) return undefined
  return Object.fromEntries(data.map((code) => [phpString(code), option(code)]))
}

type Partners = 'uuid' | 'identifier' | 'identifier-only'

const NO_LINKS: Links = { products: [], product_models: [], groups: [] }

/** Every plain type that exists is listed with its three arrays, linked or not. */
function renderAssociations(whole: Merged, catalog: Catalog, partners: Partners): JsonObject {
  const rendered: JsonObject = {}
  for (const type of catalog.associationTypes.values()) {
    if (type.is_quantified) continue
    const links = whole.associations.get(type.code) ?? NO_LINKS
    rendered[type.code] = {
      groups: [...links.groups],
      products: renderPartners(links.products, catalog, partners),
      // A deleted model takes its links with it, as a deleted product does.
      product_models: links.product_models.filter((code) => catalog.models.has(code)).sort(),
    }
  }
  return rendered
}

function renderPartners(uuids: readonly string[], catalog: Catalog, partners: Partners): (string | null)[] {
  const found = uuids.flatMap((uuid) => catalog.products.peek(uuid) ?? [])
  // Akeneo sorts partners by identifier on both sides; those without one come first, as SQL sorts null.
  found.sort((a, b) => ((a.identifier ?? '') < (b.identifier ?? '') ? -1 : 1))
  if (partners === 'uuid') return found.map(({ uuid }) => uuid)
  const identifiers = found.map(({ identifier }) => identifier)
  return partners === 'identifier' ? identifiers : identifiers.filter((one) => one !== null)
}

/** Only types that have a link, then with both arrays. */
function renderQuantified(whole: Merged, catalog: Catalog, partners: Partners): JsonObject {
  const rendered: JsonObject = {}
  for (const [type, links] of whole.quantified) {
    const products = links.products.flatMap(({ key, quantity }: QuantifiedLink): JsonObject[] => {
      const product = catalog.products.peek(key)
      if (product === undefined) return []
      if (partners === 'uuid') return [{ uuid: product.uuid, quantity }]
      return [{ identifier: product.identifier, quantity }]
    })
    const models = links.product_models
      .filter(({ key }) => catalog.models.has(key))
      .map(({ key, quantity }): JsonObject => ({ identifier: key, quantity }))
    if (products.length + models.length > 0) rendered[type] = { products, product_models: models }
  }
  return rendered
}

const scores = ({ quality }: RenderContext, record: Product | ProductModel): JsonObject[] =>
  quality(record).map((score) => ({ ...score }))
