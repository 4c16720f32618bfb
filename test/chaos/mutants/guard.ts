import type * as real from '../../../domain/guards.ts'

export * from '../../../domain/guards.ts'

/** Nothing is held for a person. */
export const holdReasons: typeof real.holdReasons = () => []
