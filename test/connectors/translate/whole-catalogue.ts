import { randomUUID } from 'node:crypto'
import type { HubRecord } from '../../../contracts/hub.ts'
import { StreamName } from '../../../contracts/streams.ts'
import {
  AkeneoAttribute,
  AkeneoCategory,
  AkeneoProductByUuid,
  AkeneoProductModel,
} from '../../../connectors/akeneo/schema.ts'
import {
  axisValuesOf,
  buildStructure,
  defaultOutput,
  translateAttribute,
  translateCategory,
  translateGroup,
  translateProduct,
  type Links,
  type Problem,
  type Translation,
} from '../../../connectors/akeneo/translate/index.ts'
import { placeCategories } from '../../../domain/category-tree.ts'
import { startAkeneo, type Edit } from '../../../simulator/akeneo/index.ts'

interface Json {
  [key: string]: unknown
}

/** Every record of a catalogue, and of edits after it, as Akeneo's API answers it. */
export async function readThroughApi(
  catalog: string,
  edits: Edit[] = [],
): Promise<Map<StreamName, unknown[]>> {
  const akeneo = await startAkeneo({ catalog })
  try {
    akeneo.edit(edits)
    const { clientId, clientSecret, username, password } = akeneo.credentials
    const granted = await fetch(`${akeneo.url}/api/oauth/v1/token`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      },
      body: JSON.stringify({ grant_type: 'password', username, password }),
    })
    const { access_token: token } = (await granted.json()) as { access_token: string }
    const get = async (url: string): Promise<Json | Json[]> => {
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      if (!answer.ok) throw new Error(`GET ${url} answered ${answer.status}: ${await answer.text()}`)
      return (await answer.json()) as Json | Json[]
    }
    const all = async (path: string): Promise<Json[]> => {
      const items: Json[] = []
      let url: string | undefined = `${akeneo.url}/api/rest/v1/${path}`
      while (url !== undefined) {
        const page: Json | Json[] = await get(url)
        if (Array.isArray(page)) return page
        items.push(...(page['_embedded'] as { items: Json[] }).items)
        url = (page['_links'] as { next?: { href: string } }).next?.href
      }
      return items
    }
    const read = new Map<StreamName, unknown[]>()
    for (const stream of ['channels', 'association-types', 'attributes', 'families'] as const) {
      read.set(stream, await all(`${stream}?limit=100`))
    }
    read.set('measurement-families', await all('measurement-families'))
    read.set('categories', await all('categories?limit=100&with_position=true'))
    read.set('product-models', await all('product-models?limit=100&pagination_type=search_after'))
    read.set('products', await all('products-uuid?limit=100&pagination_type=search_after'))
    const below = async (
      stream: 'families' | 'attributes',
      list: string,
      wanted: (record: Json) => boolean,
    ) => {
      const records = (read.get(stream) as Json[]).filter(wanted)
      const lists = []
      for (const record of records)
        lists.push(await all(`${stream}/${String(record['code'])}/${list}?limit=100`))
      return lists.flat()
    }
    read.set('family-variants', await below('families', 'variants', () => true))
    read.set(
      'attribute-options',
      await below('attributes', 'options', ({ type }) =>
        /^pim_catalog_(simple|multi)select$/.test(String(type)),
      ),
    )
    return read
  } finally {
    await akeneo.close()
  }
}

export interface TranslatedCatalogue {
  records: HubRecord[]
  rejected: Problem[]
  warnings: Problem[]
}

/** Translates everything once, parents first, giving ids and versions as the store would. */
export function translateWhole(read: ReadonlyMap<StreamName, unknown[]>): TranslatedCatalogue {
  const of = (stream: StreamName) => read.get(stream) ?? []
  const structure = buildStructure(
    StreamName.options.flatMap((stream) => of(stream).map((source) => ({ stream, source }))),
  )
  const output = defaultOutput(structure)
  const models = of('product-models').map((answer) => AkeneoProductModel.parse(answer))
  const products = of('products').map((answer) => AkeneoProductByUuid.parse(answer))
  const done: TranslatedCatalogue = { records: [], rejected: [], warnings: [] }
  const add = (id: string, translation: Translation) => {
    if (translation.outcome === 'rejected') done.rejected.push(translation.problem)
    else {
      done.warnings.push(...translation.warnings)
      done.records.push({ id, version: 1, ...translation.record })
    }
  }

  const modelOf = (code: string | null | undefined) =>
    models.find((model) => model.code.toLowerCase() === code?.toLowerCase())
  const rootOf = (model: AkeneoProductModel) => modelOf(model.parent) ?? model
  const groupIds = new Map(models.filter(({ parent }) => !parent).map(({ code }) => [code, randomUUID()]))
  const productIds = new Map<string, string>()
  for (const { uuid, values } of products) {
    const id = randomUUID()
    productIds.set(uuid, id)
    const identifier = values['sku']?.[0]?.data
    if (typeof identifier === 'string') productIds.set(identifier, id)
  }
  const links: Links = {
    product: (key) => identified(productIds.get(key)),
    group: (code) => {
      const model = modelOf(code)
      return model && identified(groupIds.get(rootOf(model).code))
    },
  }

  const translated = (product: (typeof products)[number]) => {
    const parent = modelOf(product.parent)
    const above = parent ? { root: rootOf(parent), parent } : null
    return translateProduct(product, above, structure, output, links)
  }

  for (const attribute of of('attributes')) {
    add(randomUUID(), translateAttribute(AkeneoAttribute.parse(attribute), structure, output))
  }
  const categories = of('categories').map((answer) => AkeneoCategory.parse(answer))
  for (const { category, path, position } of placeCategories(categories, 100).nodes) {
    add(randomUUID(), translateCategory(category, { path, position }, output))
  }
  for (const root of models.filter(({ parent }) => !parent)) {
    const subModels = models.filter((model) => model !== root && rootOf(model) === root)
    const familyVariant = structure.familyVariants.get(root.family_variant)
    const variants = products
      .filter(({ parent }) => [root, ...subModels].includes(modelOf(parent) as AkeneoProductModel))
      .map((variant) => {
        const isRejected = translated(variant).outcome === 'rejected'
        return {
          active: variant.enabled && !isRejected,
          axisValues: familyVariant && !isRejected ? axisValuesOf(variant, familyVariant, structure) : {},
        }
      })
    add(
      groupIds.get(root.code) ?? '',
      translateGroup({ root, subModels, variants }, structure, output, links),
    )
  }
  for (const product of products) add(productIds.get(product.uuid) ?? '', translated(product))
  return done
}

const identified = (id: string | undefined) => (id === undefined ? undefined : { id })
