import { pruneFeed } from '../connectors/hub/prune-feed.ts'
import { pruneRuns } from '../connectors/hub/prune-runs.ts'
import { add } from '../connectors/telemetry/metrics.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { isRunning } from './runs.ts'

/** Forgets what is older than the connection keeps, once a day, until then (ms since 1970); the rest follows the next time. */
export async function prune(
  { sql }: Pick<Dependencies, 'sql'>,
  { name, config }: Pick<ConnectionRuntime, 'name' | 'config'>,
  until: number,
): Promise<void> {
  const feed = await pruneFeed(sql, name, config.feed.keepDays, until)
  const runs = await pruneRuns(sql, { connection: name, keepDays: config.runs.keepDays, until, isRunning })
  for (const [what, count] of Object.entries({ feed, ...runs }))
    add('pruned', { connection: name, what }, count)
}
