import type { PendingLink, Related } from '../../../contracts/hub.ts'
import { byCode, foldCase } from '../../../domain/text.ts'
import type { AkeneoAssociations, AkeneoProduct, AkeneoProductModel } from '../schema.ts'
import { kitPartners } from './kit-partners.ts'
import type { FindRecord } from './records.ts'
import type { OutputSettings } from './output.ts'
import type { Structure } from './structure.ts'

/** Hub ids of what Akeneo names. `undefined` while the hub does not have it. */
export interface Links {
  /** By uuid or identifier: models name products by identifier, products by uuid. */
  product(key: string): { id: string } | undefined
  /** By model code; a sub-model gives the group of its root, or its own where the mapping groups at the lowest level. */
  group(modelCode: string): { id: string } | undefined
  /** A category's ancestors from the root down; needed where the mapping publishes what is `within` some. */
  ancestors?(category: string): readonly string[] | undefined
  /** Records and assets by their key in the store; without it, their codes alone are carried. */
  record?: FindRecord | null
}

/**
 * Links of plain association types that the output carries. The position is the partner's place in Akeneo's list: one that is missing
 * keeps its place, so its arrival moves no other. Two sub-models of one root are one partner.
 */
export function relatedOf(
  associations: AkeneoAssociations | undefined,
  structure: Structure,
  links: Links,
  output: OutputSettings,
): { related: Related[]; pending: PendingLink[] } {
  const related: Related[] = []
  const pending: PendingLink[] = []
  for (const [association, partners] of plainAssociations(associations, structure)) {
    const type = relationOf(association, output)
    if (type === undefined) continue
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

const relationOf = (association: string, { rules }: OutputSettings): string | undefined =>
  rules.related ? rules.related.get(foldCase(association)) : association

export interface Partner {
  kind: Related['kind']
  key: string
}

/**
 * Partners as Akeneo names them, each once: products by uuid or identifier, models by code. With an output only those that it makes
 * links or kits of; without one all of plain association types.
 */
export function references(
  source: AkeneoProduct | AkeneoProductModel,
  structure: Structure,
  output?: OutputSettings,
): { products: string[]; models: string[] } {
  const linked = plainAssociations(source.associations, structure)
    .filter(([association]) => !output || relationOf(association, output) !== undefined)
    .flatMap(([, partners]) => partners)
  const all: Partner[] = [...linked, ...(output ? kitPartners(source, output) : [])]
  const keys = (wanted: Related['kind']) => [
    ...new Set(all.filter(({ kind }) => kind === wanted).map(({ key }) => key)),
  ]
  return { products: keys('product'), models: keys('group') }
}

/** Quantified types never become links: what is in a set is for `kits` to say. */
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

export const present = (keys: readonly (string | null)[] | undefined): string[] =>
  (keys ?? []).filter((key) => key !== null)
