import type { Product, ProductModel } from '../catalog/records.ts'

/** What a write did. */
export type Outcome = 'created' | 'updated' | 'unchanged'

/** A comparable form of what a client can change; dates are left out, for they follow from the rest. */
export function fingerprint(record: Product | ProductModel): string {
  const { created: _created, updated: _updated, values, associations, quantified, ...fields } = record
  const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([
    Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)),
    sorted(values).map(([code, entries]) => [
      code,
      [...entries].sort((a, b) => (`${a.scope}/${a.locale}` < `${b.scope}/${b.locale}` ? -1 : 1)),
    ]),
    sorted(associations).map(([type, links]) => [
      type,
      links.products.toSorted(),
      links.product_models.toSorted(),
      links.groups.toSorted(),
    ]),
    sorted(quantified),
  ])
}
