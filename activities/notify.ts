import { cancellationSignal } from '@temporalio/activity'
import { sendDigest } from '../connectors/delivery/notifications-webhook.ts'
import type { Sql } from '../connectors/hub/database.ts'
import { heldEmptied } from '../connectors/hub/emptied-plans.ts'
import { optionQuestions } from '../connectors/hub/enrichment/options.ts'
import { changeName, mappingChangesOf } from '../connectors/hub/mapping-changes.ts'
import { keepTold, runStandings, toldOf } from '../connectors/hub/notifications.ts'
import { plansOf } from '../connectors/hub/plans.ts'
import { watermarkOf } from '../connectors/hub/runs.ts'
import { RefusedError } from '../connectors/errors.ts'
import { approvalOf, digestOf, failureOf, staleness, type Trouble } from '../domain/notifications.ts'
import type { Dependencies } from './dependencies.ts'

const hourMs = 3_600_000

export const createNotifyActivities = (deps: Dependencies) => ({
  /**
   * One message of what changed since the last; none where nothing did. What was told is kept after the webhook took it: cut in between,
   * the same message comes again under the same key.
   */
  async notify(input: { connection: string }): Promise<{ told: number; standing: number }> {
    const { sql } = deps
    const { name, config } = deps.connection(input.connection)
    const { notifications } = config
    if (notifications === undefined) throw notConfigured(name)
    const now = new Date()
    const { standings, untold } = await runStandings(sql, name)
    const stale = await staleOf(sql, name, config, now)
    const troubles = [
      ...standings.flatMap((standing) => failureOf(name, standing) ?? []),
      ...(stale.trouble === null ? [] : [stale.trouble]),
      ...(await approvalsOf(sql, name)),
    ]
    const digest = digestOf(name, { troubles, standings, isFresh: stale.isFresh }, await toldOf(sql, name), {
      now,
      remindMs: notifications.remindHours * hourMs,
    })
    if (digest.entries.length > 0) {
      const { webhook } = notifications
      await sendDigest(name, webhook, digest.entries, { at: now, signal: cancellationSignal() })
    }
    await sql.begin((tx) => keepTold(tx, name, digest.told, untold))
    return { told: digest.entries.length, standing: troubles.length }
  },
})

const notConfigured = (connection: string) =>
  new RefusedError({
    code: 'no-notifications',
    asked: `notifications of ${connection}`,
    came: 'its configuration has no section notifications',
    remedy: `Add the section with its webhook, or take the schedule away: pimflow schedules apply --connection ${connection}`,
  })

type Settings = Pick<ReturnType<Dependencies['connection']>['config'], 'schedules' | 'notifications'>

/** Not judged before the first full load is in, nor where polls are off. */
async function staleOf(
  sql: Sql,
  connection: string,
  { schedules, notifications }: Settings,
  now: Date,
): Promise<{ trouble: Trouble | null; isFresh: boolean }> {
  const watermark = await watermarkOf(sql, connection)
  const staleAfterMs = notifications === undefined ? null : staleMs(schedules, notifications)
  if (watermark?.load !== 'done' || staleAfterMs === null) return { trouble: null, isFresh: false }
  const trouble = staleness(connection, { watermark: watermark.at, staleAfterMs }, now)
  return { trouble, isFresh: trouble === null }
}

const staleMs = (
  { poll, pollQuiet }: Settings['schedules'],
  { stalePolls, staleMinutes }: NonNullable<Settings['notifications']>,
): number | null => {
  if (poll === null) return null
  if (staleMinutes !== undefined) return staleMinutes * 60_000
  const longest = pollQuiet ?? poll
  return 'everyMs' in longest ? stalePolls * longest.everyMs : null
}

/** All that `pimflow approvals` lists. */
async function approvalsOf(sql: Sql, connection: string): Promise<Trouble[]> {
  const plans = (await plansOf(sql, connection, ['held'])).map(({ id, createdAt, streams }) => ({
    id: id.toString(),
    since: createdAt,
    would: `${Object.entries(streams)
      .map(([stream, count]) => `${count} ${stream}`)
      .join(', ')} would be retired`,
  }))
  const mappings = (await mappingChangesOf(sql, connection, 'held')).map(
    ({ id, createdAt, output, diff, ...change }) => ({
      id: `m${id}`,
      since: createdAt,
      would: `${changeName(change)} would change ${diff?.changed ?? 'some'} of the records of ${output}`,
    }),
  )
  const emptied = (await heldEmptied(sql, connection)).map(({ id, createdAt, records, output }) => ({
    id: `e${id}`,
    since: createdAt,
    would: `${records} records of ${output} would lose values`,
  }))
  return [...plans, ...mappings, ...emptied, ...(await askedOptions(sql, connection))].map((held) =>
    approvalOf(connection, held),
  )
}

/** By attribute: a sheet may ask for many options of one. */
async function askedOptions(sql: Sql, connection: string) {
  const asked = (await optionQuestions(sql, connection)).filter(({ state }) => state === 'asked')
  return [...new Set(asked.map(({ attribute }) => attribute))].map((attribute) => {
    const options = asked.filter((one) => one.attribute === attribute)
    return {
      id: `o:${attribute}`,
      since: new Date(Math.min(...options.map(({ askedAt }) => askedAt.getTime()))),
      would: `options of ${attribute} would be made: ${options.length}`,
    }
  })
}
