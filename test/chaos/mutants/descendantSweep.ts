import type * as real from '../../../connectors/hub/sweeps.ts'

export * from '../../../connectors/hub/sweeps.ts'

/** Nobody looks at the variants of a changed model. */
export const enqueueSweeps: typeof real.enqueueSweeps = () => Promise.resolve()
