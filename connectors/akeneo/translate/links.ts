import type { PendingLink, Related } from '../../../contracts/hub.ts'
import { byCode } from '../../../domain/text.ts'
import type { AkeneoAssociations, AkeneoProduct, AkeneoProductModel } from '../schema.ts'
import type { Structure } from './structure.ts'

/** Hub ids of what Akeneo names. `undefined` while the hub does not have it. */
export interface Links {
  /** By uuid or identifier: models name products by identifier, products by uuid. */
  product(key: string): { id: string } | undefined
  /** By model code; a sub-model gives the group of its root. */
  group(modelCode: string): { id: string } | undefined
}

/**
 * Links of plain association types. The position is the partner's place in Akeneo's list: one that is missing keeps its place, so
 * its arrival moves no other. Two sub-models of one root are one partner.
 */
export function relatedOf(
  associations: AkeneoAssociations | undefined,
  structure: Structure,
  links: Links,
): { related: Related[]; pending: PendingLink[] } {
  const related: Related[] = []
  const pending: PendingLink[] = []
  for (const [type, partners] of plainAssociations(associations, structure)) {
    const seen = new Set<string>()
    let position = 0
    for (const { kind, key } of partners) {
      const target = kind === 'product' ? links.product(key) : links.group(key)
      const identity = target ? target.id : `${kind} ${key}`
      if (seen.has(identity)) continue
      seen.add(identity)
      position += 1
      if (target) related.push({ type, kind, id: target.id, position })
      else pending.push({ field: `related.${type}`, code: key, why: notYet })
    }
  }
  return { related, pending }
}

/** Why a link waits. Whether its target is refused, withheld or still on its way is for the store to say. */
export const notYet = 'not in the hub yet'

/** Association partners as Akeneo names them, each once: products by uuid or identifier, models by code. */
export function references(
  source: AkeneoProduct | AkeneoProductModel,
  structure: Structure,
): { products: string[]; models: string[] } {
  const all = plainAssociations(source.associations, structure).flatMap(([, partners]) => partners)
  const keys = (wanted: Related['kind']) => [
    ...new Set(all.filter(({ kind }) => kind === wanted).map(({ key }) => key)),
  ]
  return { products: keys('product'), models: keys('group') }
}

interface Partner {
  kind: Related['kind']
  key: string
}

/** Quantified types never become links or kits by themselves: what is in a set is for a mapping to say. */
function plainAssociations(
  associations: AkeneoAssociations | undefined,
  structure: Structure,
): [type: string, partners: Partner[]][] {
  // By code: whether a document comes from Akeneo or from a store that sorts keys must not change the record.
  const types = Object.entries(associations ?? {}).sort(([a], [b]) => byCode(a, b))
  return types.flatMap(([code, lists]) => {
    const type = structure.associationTypes.get(code)
    if (type?.is_quantified) return []
    // Akeneo shows null for a partner without identifier.
    const partners = [
      ...present(lists.products).map((key) => ({ kind: 'product' as const, key })),
      ...present(lists.product_models).map((key) => ({ kind: 'group' as const, key })),
    ]
    return partners.length === 0 ? [] : [[type?.code ?? code, partners] as [string, Partner[]]]
  })
}

const present = (keys: readonly (string | null)[] | undefined): string[] =>
  (keys ?? []).filter((key) => key !== null)
