import type { Command } from 'commander'
import type { Sql } from '../../connectors/hub/database.ts'
import { resendRecords, resendSince } from '../../connectors/hub/deliveries.ts'
import type { DeliveryKey } from '../../connectors/hub/delivery-key.ts'
import { findRecords } from '../../connectors/hub/records.ts'
import { chosenDestination, type Choice, deliveryKey } from '../support/deliveries.ts'
import { UsageError } from '../support/errors.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { feedNumber } from '../support/feed-number.ts'
import { counted } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { startDelivery } from '../support/starts.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'
import { deliver } from './deliver.ts'

interface ResendFlags extends Choice {
  since?: bigint
  detach?: boolean
}

export function registerResend(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'resend [id...]',
    summary: 'deliver again: these records, or everything after a number of the feed',
    examples: ['pimflow resend NL-DL7-W jacket_tarn', 'pimflow resend --since 120 --destination shop'],
  })
    .option('--since <seq>', 'all entries after this one; 0: from the beginning', feedNumber)
    .option('--destination <name>', 'to this one (default: the only one)')
    .option('--output <name>', 'of those that get this output')
    .option('--detach', 'start it and do not wait for its end')
    .action(
      answering<ResendFlags>(session, async ({ terminal, options, args }) => {
        if (args.length > 0 === (options.since !== undefined)) {
          throw new UsageError('Say what to deliver again: either ids, or --since with a number of the feed')
        }
        const config = await readConfig(options, terminal)
        const connection = chosenConnection(config, options)
        const destination = chosenDestination(connection, options)
        const asked = await withHub(config, async (sql) => {
          const key = await deliveryKey(sql, connection, destination)
          if (key === null) throw new UsageError(`Nothing of ${connection.name} is in the hub yet`)
          return options.since === undefined
            ? askForRecords(sql, key, args)
            : askSince(sql, key, options.since)
        })
        if ('missing' in asked) {
          return {
            value: asked,
            text: `Not in the hub: ${asked.missing.join(', ')}; nothing is sent. To see why: pimflow explain ${asked.missing[0] ?? ''}`,
            exitCode: exitCodes.failed,
          }
        }
        if (options.json !== true)
          terminal.out(`${counted(asked.queued, 'entry', 'entries')} to be sent again`)
        return deliver(config, [startDelivery(connection.name, destination)], terminal, options)
      }),
    )
}

async function askSince(sql: Sql, key: DeliveryKey, since: bigint): Promise<{ queued: number }> {
  return { queued: await sql.begin((tx) => resendSince(tx, key, since)) }
}

/** All of them, or none: a name with a typing error is to be seen before anything is sent. */
async function askForRecords(
  sql: Sql,
  key: DeliveryKey,
  names: string[],
): Promise<{ queued: number } | { missing: string[] }> {
  const ids: string[] = []
  const missing: string[] = []
  for (const name of names) {
    const records = await findRecords(sql, key.connection, name)
    const found = records.filter(({ output }) => output === key.output)
    if (found.length === 0) missing.push(name)
    ids.push(...found.map(({ id }) => id))
  }
  if (missing.length > 0) return { missing }
  return { queued: await sql.begin((tx) => resendRecords(tx, key, [...new Set(ids)])) }
}
