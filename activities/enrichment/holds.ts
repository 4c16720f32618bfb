import type { ConnectionRuntime } from '../dependencies.ts'
import type { EnrichmentContext } from './context.ts'
import { languagesOf } from './lists.ts'

/*
 * How long what is under way belongs to its worker. What a dead one had is free again afterwards: too long delays, too short would let two
 * write one record at once.
 */

/**
 * Beyond the time of a call: what it may wait for its lane and a token. A line whose worker died is free again when Akeneo, too, has given
 * up on its call.
 */
const slackMs = 25_000

/** Lines, from the moment when they are about to be sent. */
export const heldForMs = ({ config }: Pick<ConnectionRuntime, 'config'>): number =>
  config.akeneo.timeoutMs + slackMs

/** As long as a line may wait for its call to begin after that: a call that began in time has ended when the hold does. */
export const sendWithinMs = (connection: Pick<ConnectionRuntime, 'config'>): number =>
  heldForMs(connection) - connection.config.akeneo.timeoutMs

/** A look for people's edits that is older than this is made again before a batch goes out. */
export const checkHoldsMs = 60_000

/** Products: longer than one takes, each language for as long as a call may; renewed before each. After it, a dead worker's are due again. */
export const productLeaseMs = ({ icecat, mapping }: Pick<EnrichmentContext, 'icecat' | 'mapping'>): number =>
  icecat.config.timeoutMs * languagesOf(mapping).length + 20_000

/** Between a file's first try and its second; twice as long before each further one. */
export const firstFileWaitMs = 60_000
