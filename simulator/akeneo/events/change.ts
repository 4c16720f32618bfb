import type { Product, ProductModel } from '../catalog/records.ts'

/** A product or model that was written or deleted. */
export interface Change {
  action: 'created' | 'updated' | 'removed'
  record: Product | ProductModel
  /** The connection that wrote it; undefined for the simulator's own control. */
  author: string | undefined
  atMs: number
}

export type Listener = (change: Change) => void
