import type { Product, ProductModel } from '../catalog/records.ts'
import type { Pim } from '../pim.ts'
import { fingerprint, type Outcome } from './outcome.ts'
import { mirrorTwoWay } from './two-way.ts'

/** Keeps a record as it was written, with the other side of its two-way links. Its date moves where that changes something. */
export function save(
  pim: Pim,
  before: Product | ProductModel | undefined,
  written: Product | ProductModel,
): Outcome {
  if (before !== undefined && fingerprint(before) === fingerprint(written)) return 'unchanged'
  const at = pim.writtenAt()
  const saved = { ...written, created: before === undefined ? at : written.created, updated: at }
  pim.save(saved)
  mirrorTwoWay(pim, before, saved)
  return before === undefined ? 'created' : 'updated'
}
