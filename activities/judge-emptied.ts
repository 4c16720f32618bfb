import { cancellationSignal } from '@temporalio/activity'
import { type OutputSettings, carriesValue } from '../connectors/akeneo/translate/index.ts'
import { hiddenTargets } from '../connectors/akeneo/hidden-targets.ts'
import { deletedOptions, outOfSight } from '../connectors/akeneo/sight.ts'
import type { Transaction } from '../connectors/hub/database.ts'
import {
  closeEmptied,
  countFilled,
  type EmptiedCount,
  emptiedCounts,
  forgetOpenRefilled,
  freezeValues,
  holdEmptied,
  openPlaces,
  type ValuePlace,
} from '../connectors/hub/emptied-values.ts'
import { holdJudged } from '../connectors/hub/judgeable.ts'
import { emptiedOptions, markEmptiedWith } from '../connectors/hub/enrichment/lost-values.ts'
import { freezeParts, openTargets } from '../connectors/hub/missed-parts.ts'
import { countedFrom, enoughFilled, isTooMuchEmptied } from '../domain/guards.ts'
import type { ConnectionRuntime, Dependencies } from './dependencies.ts'
import { publishingContext } from './publishing/context.ts'

/**
 * Judges what records were read without, values and parts of lists: what is out of sight is frozen, more of one value than an output lets
 * pass is held for a person, the rest leaves. Until then their records are not published. True when there is something to publish now.
 */
export async function judgeEmptied(
  { sql }: Dependencies,
  connection: ConnectionRuntime,
  run: bigint | null,
): Promise<boolean> {
  const { name } = connection
  const places = await openPlaces(sql, name, run)
  const targets = await openTargets(sql, name, run)
  if (places.length + targets.length === 0) return false
  const lane = run === null ? 'live' : 'bulk'
  const options = await emptiedOptions(sql, name, run)
  const { missed, hidden, gone } = await connection.akeneo.inLane(
    lane,
    cancellationSignal(),
    async (calls) => ({
      missed: places.length === 0 ? [] : await outOfSight(calls, places),
      hidden: await hiddenTargets(calls, targets),
      gone: await deletedOptions(calls, options),
    }),
  )
  const context = await publishingContext(sql, connection, run)
  await sql.begin(async (tx) => {
    await holdJudged(tx, name, run)
    await markEmptiedWith(tx, name, run, gone)
    await freezeValues(tx, name, run, missed)
    await freezeParts(tx, name, run, targets, hidden)
    // A price whose only amounts were hidden was not emptied.
    if (hidden.some(({ stream }) => stream === 'currencies')) await forgetOpenRefilled(tx, name, run)
    await guard(tx, connection, run, places, context?.outputs ?? [])
    await closeEmptied(tx, name, run, places)
  })
  return true
}

/** Holds in each output what it asks a person about. */
async function guard(
  tx: Transaction,
  { name, config }: ConnectionRuntime,
  run: bigint | null,
  places: ValuePlace[],
  outputs: OutputSettings[],
): Promise<void> {
  const counts = await emptiedCounts(tx, name, run, places, countedFrom)
  if (counts.length === 0) return
  const guards = outputs.map((output) => ({
    output,
    limit: output.rules.document.guards.emptied ?? config.guards.emptied,
  }))
  const fields: (EmptiedCount & { filled: number })[] = []
  for (const count of counts) {
    const concerned = guards.filter(({ output }) => carriesValue(output, count))
    if (concerned.length === 0) continue
    const strictest = Math.min(...concerned.map(({ limit }) => limit))
    const left = await countFilled(tx, name, count, enoughFilled(count.emptied, strictest))
    fields.push({ ...count, filled: count.emptied + left })
  }
  for (const { output, limit } of guards) {
    const held = fields.filter((field) => carriesValue(output, field) && isTooMuchEmptied(field, limit))
    if (held.length > 0) await holdEmptied(tx, name, run, { output: output.name, guard: limit, fields: held })
  }
}
