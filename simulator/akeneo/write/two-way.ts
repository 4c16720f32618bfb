import type { Links, Product, ProductModel } from '../catalog/records.ts'
import { documented } from '../errors.ts'
import type { Pim } from '../pim.ts'

const HELP =
  'https://help.akeneo.com/pim/serenity/articles/manage-your-association-types.html#create-a-2-way-association-type'

/** A record cannot be its own partner in a two-way type. */
export function checkTwoWay(
  pim: Pim,
  record: Product | ProductModel,
  associations: ReadonlyMap<string, Links>,
): void {
  for (const [type, links] of associations) {
    if (pim.catalog.associationTypes.get(type)?.is_two_way !== true) continue
    const own =
      record.kind === 'product'
        ? links.products.includes(record.uuid)
        : links.product_models.includes(record.code)
    if (own) {
      throw documented(
        'A 2-way association only allows two different products or product models to be associated',
        HELP,
      )
    }
  }
}

type Kind = 'products' | 'product_models'

/** Two-way types change the partner's list with yours; the partner's own date moves only with its own write. */
export function mirrorTwoWay(
  pim: Pim,
  before: Product | ProductModel | undefined,
  after: Product | ProductModel,
): void {
  const types = new Set([...(before?.associations.keys() ?? []), ...after.associations.keys()])
  const ownKind: Kind = after.kind === 'product' ? 'products' : 'product_models'
  const ownKey = after.kind === 'product' ? after.uuid : after.code
  for (const type of types) {
    if (pim.catalog.associationTypes.get(type)?.is_two_way !== true) continue
    for (const kind of ['products', 'product_models'] as const) {
      const had = before?.associations.get(type)?.[kind] ?? []
      const has = after.associations.get(type)?.[kind] ?? []
      for (const partner of has.filter((key) => !had.includes(key)))
        link(pim, kind, partner, type, ownKind, ownKey, true)
      for (const partner of had.filter((key) => !has.includes(key)))
        link(pim, kind, partner, type, ownKind, ownKey, false)
    }
  }
}

function link(
  pim: Pim,
  kind: Kind,
  partner: string,
  type: string,
  ownKind: Kind,
  ownKey: string,
  on: boolean,
): void {
  const record = kind === 'products' ? pim.catalog.products.get(partner) : pim.catalog.models.get(partner)
  if (record === undefined) return
  const links = record.associations.get(type) ?? { products: [], product_models: [], groups: [] }
  const others = links[ownKind].filter((key) => key !== ownKey)
  const associations = new Map(record.associations)
  associations.set(type, { ...links, [ownKind]: on ? [...others, ownKey] : others })
  pim.save({ ...record, associations })
}
