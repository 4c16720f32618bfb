import type { Related } from '../../../contracts/hub.ts'
import type { KitRule } from '../../../domain/mapping/document.ts'
import { foldCase } from '../../../domain/text.ts'
import type { AkeneoProduct, AkeneoProductModel } from '../schema.ts'
import type { OutputSettings } from './output.ts'

export interface KitPartner {
  kind: Related['kind']
  key: string
  /** As it stands; whether it makes sense is not judged here. */
  quantity: number
}

/** What the record is put together from by one kit rule: its quantified partners, or its plain ones with the rule's quantity. */
export function partnersOfKit(source: AkeneoProduct | AkeneoProductModel, kit: KitRule): KitPartner[] {
  const quantified = entryOf(source.quantified_associations, kit.association)
  // Plain partners have no quantity of their own: without the rule's they make no kit.
  const plain = kit.quantity === null ? undefined : entryOf(source.associations, kit.association)
  const fixed = Number(kit.quantity?.text)
  return [
    ...(quantified?.products ?? []).flatMap(({ uuid, identifier, quantity }) =>
      named('product', uuid ?? identifier, quantity),
    ),
    ...(plain?.products ?? []).flatMap((key) => named('product', key, fixed)),
    ...(quantified?.product_models ?? []).flatMap(({ identifier, code, quantity }) =>
      named('group', identifier ?? code, quantity),
    ),
    ...(plain?.product_models ?? []).flatMap((key) => named('group', key, fixed)),
  ]
}

/** Akeneo shows no name for a partner without identifier; `/products-uuid` names all. */
const named = (kind: KitPartner['kind'], key: string | null | undefined, quantity: number): KitPartner[] =>
  key === null || key === undefined ? [] : [{ kind, key, quantity }]

export const kitPartners = (
  source: AkeneoProduct | AkeneoProductModel,
  { rules }: OutputSettings,
): KitPartner[] => rules.document.kits.flatMap((kit) => partnersOfKit(source, kit))

function entryOf<V>(types: Readonly<Record<string, V>> | undefined, code: string): V | undefined {
  const folded = foldCase(code)
  const key = Object.keys(types ?? {}).find((candidate) => foldCase(candidate) === folded)
  return key === undefined ? undefined : types?.[key]
}
