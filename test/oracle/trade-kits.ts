import { same, type Model, type Product } from './catalogue.ts'
import type { World } from './world.ts'

interface Kit {
  kit: { type: string; components: unknown[] }
  /** Reasons to withhold it. */
  missing: string[]
  /** A part is refused, and whether the hub has it depends on what it was before. */
  undecided: boolean
}

/** The first that finds parts counts. */
const rules = [
  { association: 'PACK', type: 'basic', waits: false },
  { association: 'SET', type: 'billOfMaterials', waits: true },
]

/** By the first rule that finds something. Akeneo shows nothing of a partner that is gone. */
function partsOf(product: Product, world: World) {
  for (const rule of rules) {
    const parts = (product.parts?.[rule.association] ?? []).flatMap((part) => {
      const found =
        part.kind === 'product'
          ? world.catalogue.products.find(({ uuid, sku }) => same(uuid, part.key) || same(sku, part.key))
          : world.model(part.key)
      return found ? [{ ...part, found }] : []
    })
    if (parts.length > 0) return { rule, parts }
  }
  return undefined
}

/** What a refused kit is refused for. */
export function brokenPart(product: Product, world: World): string | null {
  const bad = partsOf(product, world)?.parts.find(
    ({ key, quantity }) => same(key, product.uuid) || quantity < 1 || quantity > 2_147_483_647,
  )
  return bad ? `${bad.quantity} of ${bad.key}` : null
}

/** What a product is put together from, for those that are products by themselves. */
export function kitOf(product: Product, world: World, isGroup: (model: Model) => boolean): Kit | undefined {
  const kit = partsOf(product, world)
  if (!kit) return undefined
  const { rule, parts } = kit
  const isThere = ({ found }: (typeof parts)[number]) => 'sku' in found || isGroup(found)
  const there = parts.filter(isThere)
  const missing = parts.length - there.length
  const held = missing > 0 && (rule.waits || there.length === 0)
  return {
    kit: {
      type: rule.type,
      components: there
        .map(({ kind, found, quantity }) => ({
          kind,
          code: 'sku' in found ? (found.sku ?? found.uuid ?? '') : found.code,
          quantity: String(quantity),
          unit: 'each',
        }))
        .sort((a, b) => (a.code < b.code ? -1 : 1)),
    },
    missing: held ? Array.from({ length: missing }, () => 'kit-component-missing') : [],
    undecided: parts.some(({ found }) => 'sku' in found && brokenPart(found, world) !== null),
  }
}
