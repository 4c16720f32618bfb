import type { Command } from 'commander'
import { writeFile } from 'node:fs/promises'
import type { Sql } from '../../connectors/hub/database.ts'
import {
  markExported,
  requestLine,
  type RequestSight,
  requestSights,
} from '../../connectors/hub/enrichment/sights.ts'
import { isTold, requestFile, requestStates } from '../../domain/enrichment/requests/creation-request.ts'
import { UsageError } from '../support/errors.ts'
import { ago, counted, table, until } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import { workflowStartLine } from '../support/print.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { startRecheckRequests } from '../support/starts.ts'
import { temporalPlace, withTemporal } from '../support/temporal.ts'
import { addVerb, type Answer, answering, type Invocation, type Session } from '../support/verb.ts'
import { runWorks } from '../support/work.ts'

interface RequestFlags {
  state?: string
  again?: boolean
  detach?: boolean
  print?: boolean
}

export function registerRequests(program: Command, session: Session): void {
  const requests = program
    .command('requests')
    .description('content that Icecat does not have and was asked for: list, export, recheck')
    .addHelpText('after', '\nExample:\n  pimflow requests --state asked')
  addVerb(requests, {
    usage: 'list',
    summary: 'all of them with their state (the default)',
    examples: ['pimflow requests', 'pimflow requests --state embargoed --json'],
    isDefault: true,
  })
    .option('--state <state>', `of those only: ${requestStates.join(', ')}`)
    .action(answering(session, list))
  addVerb(requests, {
    usage: 'export <file>',
    summary: 'write those that wait as CSV for Icecat’s editors: brand, code, GTINs, name',
    examples: ['pimflow requests export missing.csv', 'pimflow requests export missing.csv --again'],
  })
    .option('--again', 'those, too, that were exported before')
    .action(answering(session, exportFile))
  addVerb(requests, {
    usage: 'recheck',
    summary: 'ask Icecat again for those whose time has come; what is there now flows into the next push',
    examples: ['pimflow requests recheck'],
  })
    .option('--detach', 'start it and do not wait for its end')
    .option('--print', 'print the line for the `temporal` program instead of starting anything')
    .action(answering(session, recheck))
}

type Call = Invocation<RequestFlags>

async function list(call: Call): Promise<Answer> {
  const { state } = call.options
  if (state !== undefined && !requestStates.some((known) => known === state))
    throw new UsageError(`There is no state ${state}; here are ${requestStates.join(', ')}`)
  return withRequests(call, (_, all) => {
    const chosen = state === undefined ? all : all.filter((request) => request.state === state)
    const now = new Date()
    return Promise.resolve({
      value: chosen,
      text:
        chosen.length === 0
          ? 'Nothing is asked of Icecat'
          : table(
              chosen.map(({ code, product, brand, state: own, askedAt, nextCheckAt, note }) => [
                code ?? product,
                brand ?? '',
                own,
                `asked ${ago(askedAt, now)}`,
                isOpen(own) ? nextText(nextCheckAt, now) : '',
                note,
              ]),
            ),
    })
  })
}

const nextText = (at: Date, now: Date): string =>
  at <= now ? 'looked for with the next check' : `looked for ${until(at, now)}`

const isOpen = (state: RequestSight['state']): boolean => state !== 'delivered' && state !== 'given-up'

async function exportFile(call: Call): Promise<Answer> {
  const [file = ''] = call.args
  return withRequests(call, async ({ sql, connection }, all) => {
    const open = all.filter(({ state }) => isTold(state))
    const lines = open.filter(({ exportedAt }) => exportedAt === null || call.options.again === true)
    await writeFile(file, requestFile(lines.map(requestLine)))
    await markExported(
      sql,
      connection,
      lines.map(({ product }) => product),
    )
    const before = open.length - lines.length
    return {
      value: { file, exported: lines.length, exportedBefore: before },
      text: `${counted(lines.length, 'product')} written to ${file}${before > 0 ? `; ${before} were exported before (--again)` : ''}`,
    }
  })
}

async function recheck({ terminal, options }: Call): Promise<Answer> {
  const config = await readConfig(options, terminal)
  const { name } = chosenConnection(config, options)
  const start = startRecheckRequests(name)
  const place = await temporalPlace(config, terminal)
  if (options.print === true) {
    const line = workflowStartLine(start, place)
    return { value: [line], text: line }
  }
  return withTemporal(place, (client) => runWorks(client, place, [start], terminal, options))
}

async function withRequests(
  { terminal, options }: Call,
  use: (at: { sql: Sql; connection: string }, all: RequestSight[]) => Promise<Answer>,
): Promise<Answer> {
  const config = await readConfig(options, terminal)
  const { name: connection } = chosenConnection(config, options)
  return withHub(config, async (sql) => use({ sql, connection }, await requestSights(sql, connection)))
}
