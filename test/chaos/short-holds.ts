import type * as real from '../../activities/enrichment/holds.ts'

export * from '../../activities/enrichment/holds.ts'

/*
 * Workers of this suite load this instead: what a dead worker had is free again within seconds. One that hangs outlives its holds, and goes
 * on as if they were its own.
 */

const slackMs = 4000

export const heldForMs: typeof real.heldForMs = ({ config }) => config.akeneo.timeoutMs + slackMs

export const sendWithinMs: typeof real.sendWithinMs = () => slackMs

export const checkHoldsMs = 3000

export const productLeaseMs: typeof real.productLeaseMs = ({ icecat }) => 2 * icecat.config.timeoutMs + 3000

export const firstFileWaitMs = 500
