import type { ConnectionConfig } from '../config.ts'
import type { DestinationSettings } from '../connectors/delivery/settings.ts'
import { RefusedError } from '../connectors/errors.ts'
import type { Queryable } from '../connectors/hub/database.ts'
import { behindFeed, feedsOf } from '../connectors/hub/deliveries.ts'

export function destinationOf({ name, destinations }: ConnectionConfig, wanted: string): DestinationSettings {
  const found = destinations.find((destination) => destination.name === wanted)
  if (found) return found
  const known = destinations.map((destination) => destination.name).join(', ') || 'none'
  throw new RefusedError({
    code: 'unknown-destination',
    asked: `destination ${wanted} of ${name}`,
    came: `pimflow.config.yaml has ${known}`,
    remedy: `${name} has no destination ${wanted}; these exist: ${known}. Name one of them, or add it to pimflow.config.yaml and start the workers again: they read it when they start.`,
  })
}

/** The output that a destination gets; null while nothing was published. */
export async function outputOf(
  db: Queryable,
  { name, outputs = [] }: ConnectionConfig,
  destination: DestinationSettings,
  asked: string | undefined,
): Promise<string | null> {
  const [only, ...others] =
    outputs.length > 0 ? outputs.map((output) => output.name) : await feedsOf(db, name)
  const own = destination.output ?? only ?? null
  if (destination.output === undefined && others.length > 0) {
    throw refusedOutput(
      destination.name,
      `${name} has several outputs`,
      `Add \`output:\` to the destination ${destination.name}`,
    )
  }
  if (asked !== undefined && own !== null && asked !== own) {
    throw refusedOutput(destination.name, `it gets the output ${own}`, `Leave out the output, or name ${own}`)
  }
  return own
}

const refusedOutput = (destination: string, came: string, remedy: string) =>
  new RefusedError({
    code: 'output',
    asked: `output for destination ${destination}`,
    came,
    remedy: `${remedy}.`,
  })

/**
 * Who is told when a run ends, whatever the run was and whoever published: the destinations that have something to get by now. Beside the
 * run's report, so it costs no activity of its own; what a run left that was killed, the next one tells.
 */
export async function destinationsBehind(
  db: Queryable,
  { name, outputs = [], destinations }: ConnectionConfig,
): Promise<string[]> {
  if (destinations.length === 0) return []
  const wanted = destinations.map((destination) => ({
    destination: destination.name,
    output: destination.output ?? outputs[0]?.name ?? null,
  }))
  const behind = new Set(await behindFeed(db, name, wanted))
  return destinations.flatMap((destination) => (behind.has(destination.name) ? [destination.name] : []))
}
