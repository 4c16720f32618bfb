import type { Command } from 'commander'
import type { Config, ConnectionConfig } from '../../config.ts'
import { type RefusedRecord, refusedRecords } from '../../connectors/hub/delivery-queue.ts'
import type { DeliveryReport } from '../../contracts/reports.ts'
import { chosenDestinations, type Choice, deliveryKey, startDeliveryWork } from '../support/deliveries.ts'
import { exitCodes, worst } from '../support/exit-codes.ts'
import { counted, until } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import { workflowStartLine } from '../support/print.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { reportText } from '../support/reports.ts'
import { startDelivery, type WorkflowStart } from '../support/starts.ts'
import { temporalPlace, withTemporal } from '../support/temporal.ts'
import type { Terminal } from '../support/terminal.ts'
import { addVerb, type Answer, answering, type CommonOptions, type Session } from '../support/verb.ts'
import { reportWork } from '../support/work.ts'

interface DeliverFlags extends Choice {
  refused?: boolean
  detach?: boolean
  print?: boolean
}

export function registerDeliver(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'deliver',
    summary: 'bring the feed to its destinations, and what they refused once more',
    examples: ['pimflow deliver', 'pimflow deliver --destination shop', 'pimflow deliver --refused --json'],
  })
    .option('--destination <name>', 'to this one only (default: all of the connection)')
    .option('--output <name>', 'only to those that get this output')
    .option('--refused', 'list what was refused and why, instead of delivering')
    .option('--detach', 'start it and do not wait for its end')
    .option('--print', 'print the line for the `temporal` program instead of starting anything')
    .action(
      answering<DeliverFlags>(session, async ({ terminal, options }) => {
        const config = await readConfig(options, terminal)
        const connection = chosenConnection(config, options)
        const destinations = chosenDestinations(connection, options)
        if (options.refused === true) return listRefused(config, connection, destinations)
        const starts = destinations.map((name) =>
          startDelivery(connection.name, name, { retryRefused: true }),
        )
        if (options.print !== true) return deliver(config, starts, terminal, options)
        const place = await temporalPlace(config, terminal)
        const lines = starts.map((start) => workflowStartLine(start, place))
        return { value: lines, text: lines.join('\n') }
      }),
    )
}

/** Starts deliveries and follows them, one after the other: they run side by side. */
export async function deliver(
  config: Config,
  starts: WorkflowStart[],
  terminal: Terminal,
  options: Pick<DeliverFlags, 'detach'> & CommonOptions,
): Promise<Answer> {
  const place = await temporalPlace(config, terminal)
  return withTemporal(place, async (client) => {
    const works = []
    for (const start of starts) works.push(await startDeliveryWork(client, place, start))
    const answers: Answer[] = []
    for (const work of works) {
      const answer = await reportWork(client, place, work, terminal, options)
      answers.push(answer)
      const report = reportOf(answer)
      if (options.json !== true) terminal.out(report === null ? answer.text : endText(report))
      if (answer.exitCode === exitCodes.interrupted) break
    }
    const [only] = answers
    return {
      value: answers.length === 1 ? only?.value : answers.map(({ value }) => value),
      text: '',
      exitCode: worst(answers.map(({ exitCode = exitCodes.done }) => exitCode)),
    }
  })
}

const reportOf = ({ value }: Answer): DeliveryReport | null =>
  (value as { report?: DeliveryReport }).report ?? null

const endText = (report: DeliveryReport): string =>
  report.parked === 0 ? reportText(report) : `${reportText(report)}\nTo see why: pimflow deliver --refused`

async function listRefused(
  config: Config,
  connection: ConnectionConfig,
  destinations: string[],
): Promise<Answer> {
  const value: (RefusedRecord & { destination: string })[] = await withHub(config, async (sql) => {
    const found = []
    for (const destination of destinations) {
      const key = await deliveryKey(sql, connection, destination)
      const records = key === null ? [] : await refusedRecords(sql, key)
      found.push(...records.map((record) => ({ destination, ...record })))
    }
    return found
  })
  const now = new Date()
  const lines = value.map(
    ({ destination, kind, code, id, reason, behind, attempts, dueAt }) =>
      `${code ?? id}  ${kind}, ${destination}: ${behind === null ? reason : `waits for ${behind}`}` +
      (behind === null
        ? `\n    tried ${counted(attempts, 'time')}, next ${dueAt <= now ? 'with the next delivery' : until(dueAt, now)}`
        : ''),
  )
  return { value, text: lines.length === 0 ? 'Nothing is refused' : `${lines.join('\n')}\n\n${whatNext}` }
}

const whatNext = 'Mended at the destination? Then: pimflow deliver'
