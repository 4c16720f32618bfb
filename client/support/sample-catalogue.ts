import type { AkeneoCalls, AkeneoClient } from '../../connectors/akeneo/client.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../../connectors/akeneo/schema.ts'
import {
  buildStructure,
  defaultMapping,
  defaultOutput,
  type Links,
  previewRecord,
  type RecordPreview,
  type Structure,
  type VariantModels,
} from '../../connectors/akeneo/translate/index.ts'
import type { StreamName } from '../../contracts/streams.ts'

/** A first mapping of a catalogue that nothing is stored of yet, and what it makes of some of its products. */
export interface Proposal {
  /** Code of the channel that the output is named after. */
  output: string
  mapping: string
  previews: { name: string; preview: RecordPreview }[]
}

const previewed = 10

/**
 * Reads one page of products and as much of the structure as these need; changes nothing. Takes some ten calls, and one more for each
 * family and each select attribute that the previewed products have.
 */
export async function proposeFromSample(client: AkeneoClient, signal: AbortSignal): Promise<Proposal | null> {
  return client.inLane('live', signal, async (calls) => {
    const page = await calls.readPage('products', { cursor: null })
    const products = varied(page.items as AkeneoProduct[])
    const models = await modelsOf(calls, products)
    const structure = await structureFor(calls, products, models)
    if (structure.channels.length === 0) return null
    const output = defaultOutput(structure)
    return {
      output: output.name,
      mapping: defaultMapping(structure),
      previews: products.map((product) => ({
        name: product.identifier ?? mainIdentifier(product, structure) ?? product.uuid ?? '',
        preview: previewRecord(product, variantModels(product, models), structure, output, nothingYet),
      })),
    }
  })
}

/** Nothing is in a hub yet that could be linked to. */
const nothingYet: Links = { product: () => undefined, group: () => undefined }

/** One of each family first: ten lamps say less than a lamp, a jacket and a kit. */
function varied(products: AkeneoProduct[]): AkeneoProduct[] {
  const seen = new Set<string | null | undefined>()
  const first = products.filter(({ family }) => !seen.has(family) && seen.add(family))
  return [...first, ...products.filter((product) => !first.includes(product))].slice(0, previewed)
}

function mainIdentifier({ values }: AkeneoProduct, { attributes }: Structure): string | null {
  for (const { code, type } of attributes.values()) {
    const data: unknown = type === 'pim_catalog_identifier' ? values[code]?.[0]?.data : undefined
    if (typeof data === 'string') return data
  }
  return null
}

type Models = Map<string, AkeneoProductModel>

async function modelsOf(calls: AkeneoCalls, products: AkeneoProduct[]): Promise<Models> {
  const models: Models = new Map()
  const read = async (code: string | null | undefined): Promise<void> => {
    if (code == null || models.has(code.toLowerCase())) return
    const { item } = await calls.readOne('product-models', code)
    if (item === null) return
    models.set(code.toLowerCase(), item as AkeneoProductModel)
    await read((item as AkeneoProductModel).parent)
  }
  for (const { parent } of products) await read(parent)
  return models
}

function variantModels({ parent }: AkeneoProduct, models: Models): VariantModels | null {
  const direct = parent == null ? undefined : models.get(parent.toLowerCase())
  const root = direct?.parent == null ? direct : models.get(direct.parent.toLowerCase())
  return direct && root ? { root, parent: direct } : null
}

async function structureFor(
  calls: AkeneoCalls,
  products: AkeneoProduct[],
  models: Models,
): Promise<Structure> {
  const records: { stream: StreamName; source: unknown }[] = []
  const whole = async (stream: StreamName, parent?: string) => {
    for (let cursor: string | null = null; ;) {
      const page: Awaited<ReturnType<AkeneoCalls['readPage']>> = await calls.readPage(stream, {
        cursor,
        ...(parent === undefined ? {} : { parent }),
      })
      records.push(...page.items.map((item) => ({ stream, source: withParent(stream, item, parent) })))
      cursor = page.next
      if (cursor === null) return
    }
  }
  for (const stream of ['channels', 'attributes', 'association-types', 'measurement-families'] as const)
    await whole(stream)
  const families = new Set(products.flatMap(({ family }) => family ?? []))
  for (const family of families) {
    const { item } = await calls.readOne('families', family)
    if (item !== null) records.push({ stream: 'families', source: item })
    if ([...models.values()].some((model) => model.family === family)) await whole('family-variants', family)
  }
  const filled = new Set(products.flatMap(({ values }) => Object.keys(values)))
  const { attributes } = buildStructure(records)
  for (const { code, type } of attributes.values())
    if (filled.has(code) && /^pim_catalog_(simple|multi)select$/.test(type))
      await whole('attribute-options', code)
  return buildStructure(records)
}

/** As the store keeps them. */
const withParent = (stream: StreamName, item: unknown, parent: string | undefined): unknown =>
  stream === 'family-variants' ? { ...(item as object), family: parent } : item
