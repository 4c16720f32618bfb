import type { Command } from 'commander'
import { openDatabase, type Sql } from '../../connectors/hub/database.ts'
import { retryRejections } from '../../connectors/hub/rejections.ts'
import type { Config } from '../../config.ts'
import type { Action } from '../report/controls.ts'
import { readIcecat, readMorning } from '../report/morning.ts'
import { readTemporal } from '../support/connection-status.ts'
import { countedLater } from '../support/counted-later.ts'
import { decide } from '../support/decisions.ts'
import { UsageError } from '../support/errors.ts'
import { explainRecord } from '../support/explain-record.ts'
import { explanationText } from '../support/explanation-text.ts'
import { counted } from '../support/format.ts'
import { mappingDesk } from '../support/mapping-desk.ts'
import { portOption } from '../support/port.ts'
import { chosenConnections, configPath, nonEmpty, readConfig } from '../support/project.ts'
import { serveUntilStopped } from '../support/serving.ts'
import { startPoll, type WorkflowStart } from '../support/starts.ts'
import { type TemporalPlace, temporalPlace, withTemporal } from '../support/temporal.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'
import { isFree, startWork } from '../support/work.ts'
import { isLoopback } from '../serve/hosts.ts'

interface ServeFlags {
  host: string
  port: number
  name?: string[]
}

/** What the page looks back on. */
const sinceMs = 24 * 3_600_000

/** A page reads one thing after the other; a few look at once. */
const poolSize = 4

/** How long a page waits for what is counted over all products of Icecat. */
const patienceMs = 500

const shortestToken = 16

export function registerServe(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'serve',
    summary: 'the morning page live, with buttons to try again and to decide, and a search that explains',
    examples: [
      'pimflow serve',
      'PIMFLOW_SERVE_TOKEN=… pimflow serve --host 0.0.0.0 --name pimflow.example.com',
    ],
  })
    .option(
      '--host <address>',
      'where it listens; beyond this machine PIMFLOW_SERVE_TOKEN must be set',
      '127.0.0.1',
    )
    .option('--port <n>', 'port; 0: any that is free', portOption, 8091)
    .option(
      '--name <host>',
      'a name that it is called by from elsewhere; may be given several times',
      (name: string, before: string[] | undefined) => [...(before ?? []), name],
    )
    .action(
      answering<ServeFlags>(session, async ({ terminal, options }) => {
        const config = await readConfig(options, terminal)
        const connections = chosenConnections(config, options)
        const place = await temporalPlace(config, terminal)
        const token = tokenFor(options.host, nonEmpty(terminal.env['PIMFLOW_SERVE_TOKEN']))
        const sql = openDatabase(config.database.url, { max: poolSize, prepare: config.database.prepare })
        const icecat = new Map(
          connections.flatMap(({ name, icecat: settings }) =>
            settings === undefined
              ? []
              : [[name, countedLater(() => readIcecat(sql, name, settings), { patienceMs })] as const],
          ),
        )
        // Loads the HTTP server, which few other verbs need.
        const { startPageServer } = await import('../serve/server.ts')
        try {
          const server = await startPageServer({
            host: options.host,
            port: options.port,
            names: options.name ?? [],
            token,
            connections: connections.map(({ name }) => name),
            readMorning: async () => {
              const at = new Date()
              const temporal = await readTemporal(place, connections)
              const since = new Date(at.getTime() - sinceMs)
              const icecatOf = async (name: string) => (await icecat.get(name)?.())?.value ?? null
              return readMorning(sql, connections, { place, temporal, at, since, icecatOf })
            },
            explain: async (name, id) =>
              explanationText(await explainRecord(sql, connectionNamed(config, name), id), new Date()),
            act: (action) => act(sql, place, action),
            mappings: mappingDesk(sql, place, config, configPath(options, terminal), connections),
          })
          await serveUntilStopped(server, terminal, options)
        } finally {
          await sql.end({ timeout: 1 })
        }
        return { value: undefined, text: '' }
      }),
    )
}

function tokenFor(host: string, token: string | undefined): string | undefined {
  if (token === undefined && !isLoopback(host))
    throw new UsageError(
      `Set PIMFLOW_SERVE_TOKEN before others than this machine may see the page, or leave out --host ${host}`,
    )
  if (token !== undefined && token.length < shortestToken)
    throw new UsageError(
      `PIMFLOW_SERVE_TOKEN must have at least ${shortestToken} characters: openssl rand -hex 16 makes one`,
    )
  return token
}

const connectionNamed = ({ connections }: Config, name: string) => {
  const found = connections.find((connection) => connection.name === name)
  if (found === undefined) throw new UsageError(`There is no connection ${name}`)
  return found
}

async function act(
  sql: Sql,
  place: TemporalPlace,
  action: Action,
): Promise<{ text: string; url: string | null }> {
  const { connection } = action
  if (action.do === 'reject') {
    const decision = await decide(sql, connection, action.of, 'rejected')
    return {
      text: decision === null ? gone(action.of) : `${action.of} of ${connection} is rejected.`,
      url: null,
    }
  }
  // Temporal first: a word that nothing can act on is better not given.
  return withTemporal(place, async (client) => {
    const run = async (start: WorkflowStart) => (await startWork(client, place, start)).webUrl
    if (action.do === 'retry') {
      const due = await retryRejections(sql, connection, { reason: action.of })
      const url = await run(startPoll(connection))
      return {
        text: `${counted(due, 'record')} of ${connection} are tried again by a poll that was started.`,
        url,
      }
    }
    const decision = await decide(sql, connection, action.of, 'approved')
    if (decision === null) return { text: gone(action.of), url: null }
    // The run that found it above the guard may be about to end.
    if (decision.start.process === 'mapping') await isFree(client, decision.start.workflowId)
    return {
      text: `${action.of} of ${connection} is approved and carried out.`,
      url: await run(decision.start),
    }
  })
}

const gone = (id: string) => `Nothing waits under ${id} any more.`
