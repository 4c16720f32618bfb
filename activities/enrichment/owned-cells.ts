import type { Provenance } from '../../connectors/hub/enrichment/lines.ts'
import type { Cell } from '../../domain/enrichment/convert/cell.ts'
import type { MediaCell } from '../../domain/enrichment/convert/compile-media.ts'
import { type EnrichedProduct, ownerOf } from '../../domain/enrichment/lines/owner.ts'
import { sharedCells } from '../../domain/enrichment/lines/model-cells.ts'

/** A cell with where it comes from. */
export type OwnedCell = Cell & { provenance: Provenance }
export type OwnedMedia = MediaCell & { provenance: Provenance }

export interface Cells {
  cells: OwnedCell[]
  media: OwnedMedia[]
}

/** What a variant's sheet has for the models above it, by the model's code; kept with the variant. */
export type ModelCells = Record<string, Cells>

/** One sheet's cells by the record that owns them; axes belong to nobody. */
export function byOwner(
  cells: { cells: readonly Cell[]; media: readonly MediaCell[] },
  product: EnrichedProduct,
  source: Omit<Provenance, 'from' | 'language'>,
): { own: Cells; models: ModelCells } {
  const own: Cells = { cells: [], media: [] }
  const models: ModelCells = {}
  const of = (attribute: string): Cells | null => {
    const owner = ownerOf(attribute, product)
    if (owner === null) return null
    return owner.kind === 'product' ? own : (models[owner.key] ??= { cells: [], media: [] })
  }
  for (const cell of cells.cells) {
    const { result } = cell
    const [from, language] = result.kind === 'value' ? [result.from, result.language] : ['', null]
    of(cell.attribute)?.cells.push({ ...cell, provenance: { ...source, from, language } })
  }
  for (const cell of cells.media) {
    const from = cell.result.kind === 'asset' ? cell.result.from : ''
    of(cell.attribute)?.media.push({ ...cell, provenance: { ...source, from, language: null } })
  }
  return { own, models }
}

/** What a model gets from its variants' sheets: values by `variants.disagree`; files from the first variant that has one. */
export function forModel(
  variants: readonly ({ variant: string } & Cells)[],
  same: (attribute: string, a: unknown, b: unknown) => boolean,
  disagree: 'skip' | 'first',
): Cells {
  const inOrder = variants.toSorted((a, b) => (a.variant < b.variant ? -1 : 1))
  const media = new Map<string, OwnedMedia>()
  for (const { media: own } of inOrder) {
    for (const cell of own) {
      const place = `${cell.attribute} ${cell.locale ?? ''} ${cell.scope ?? ''}`
      const before = media.get(place)
      if (before === undefined || (before.result.kind === 'absent' && cell.result.kind !== 'absent'))
        media.set(place, cell)
    }
  }
  const shared = sharedCells(inOrder, same, disagree).map(({ cell }): OwnedCell => {
    // Where variants disagree the cell is a new one: it is the first one's that it stands for.
    const [first] = inOrder.flatMap(({ cells }) => cells.filter((one) => samePlace(one, cell)))
    if ('provenance' in cell) return cell as OwnedCell
    if (first === undefined) throw new Error(`No variant has ${cell.attribute}`)
    return { ...cell, provenance: first.provenance }
  })
  return { cells: shared, media: [...media.values()] }
}

const samePlace = (a: Cell, b: Cell): boolean =>
  a.attribute === b.attribute && a.locale === b.locale && a.scope === b.scope
