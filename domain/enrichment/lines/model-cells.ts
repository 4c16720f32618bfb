import type { Cell } from '../convert/cell.ts'

export interface SharedCell {
  cell: Cell
  /** Variants whose sheets say something else. */
  disagreeing: string[]
}

/**
 * What a model gets from the sheets of its variants: one value where all that have one agree. Where they differ, nothing
 * (`skip`) or that of the first variant. A variant without a sheet has no say; one whose sheet lacks the value has none either,
 * so a value is withdrawn only when all have lost it.
 */
export function sharedCells(
  byVariant: readonly { variant: string; cells: readonly Cell[] }[],
  same: (attribute: string, a: unknown, b: unknown) => boolean,
  disagree: 'skip' | 'first',
): SharedCell[] {
  const places = new Map<string, { variant: string; cell: Cell }[]>()
  const inOrder = byVariant.toSorted((a, b) => (a.variant < b.variant ? -1 : 1))
  for (const { variant, cells } of inOrder) {
    for (const cell of cells) {
      const place = placeOf(cell)
      places.set(place, [...(places.get(place) ?? []), { variant, cell }])
    }
  }
  return [...places.values()].flatMap((entries): SharedCell[] => {
    // A problem of one variant leaves the model as it is: what it would have said is not known.
    const [first] = entries
    if (first === undefined) return []
    const broken = entries.find(({ cell }) => cell.result.kind === 'problem')
    if (broken) return [{ cell: broken.cell, disagreeing: [] }]
    const filled = entries.filter(({ cell }) => cell.result.kind === 'value')
    const [leader] = filled
    if (leader?.cell.result.kind !== 'value') return [{ cell: first.cell, disagreeing: [] }]
    const { data } = leader.cell.result
    const others = filled.filter(
      ({ cell: { attribute, result } }) => result.kind === 'value' && !same(attribute, data, result.data),
    )
    if (others.length === 0) return [{ cell: leader.cell, disagreeing: [] }]
    const disagreeing = others.map(({ variant }) => variant)
    if (disagree === 'first') return [{ cell: leader.cell, disagreeing }]
    return [{ cell: undecided(leader.cell, disagreeing), disagreeing }]
  })
}

/** Neither written nor withdrawn. */
const undecided = ({ attribute, locale, scope }: Cell, disagreeing: string[]): Cell => ({
  attribute,
  locale,
  scope,
  result: {
    kind: 'problem',
    code: 'variants-disagree',
    message: `the sheets of ${disagreeing.length + 1} variants differ for ${attribute}, which their model owns`,
  },
})

export const placeOf = ({ attribute, locale, scope }: Pick<Cell, 'attribute' | 'locale' | 'scope'>): string =>
  `${attribute.toLowerCase()} ${locale ?? ''} ${scope ?? ''}`

/** What a place is of; without a locale ''. */
export function partsOfPlace(place: string): { attribute: string; locale: string } {
  const [attribute = '', locale = ''] = place.split(' ')
  return { attribute, locale }
}
