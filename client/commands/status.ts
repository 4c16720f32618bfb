import type { Command } from 'commander'
import { type ConnectionStatus, readConnection, readTemporal } from '../support/connection-status.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { withHub } from '../support/hub.ts'
import { chosenConnections, readConfig } from '../support/project.ts'
import { countedActions } from '../support/run-actions.ts'
import { statusText } from '../support/status-text.ts'
import { temporalPlace } from '../support/temporal.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerStatus(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'status',
    summary: 'per connection: how far behind the hub is, last runs, deliveries, what waits for a person',
    examples: ['pimflow status', 'pimflow status --connection acme --json'],
  }).action(
    answering(session, async ({ terminal, options }) => {
      const config = await readConfig(options, terminal)
      const connections = chosenConnections(config, options)
      const place = await temporalPlace(config, terminal)
      const [hub, temporal] = await Promise.all([
        withHub(config, async (sql) => {
          const statuses = []
          for (const connection of connections) statuses.push(await readConnection(sql, connection, place))
          const counted = await countedActions(
            sql,
            place,
            statuses.flatMap(({ runs }) => runs),
          )
          return statuses.map((status) => ({ ...status, runs: status.runs.map(counted) }))
        }),
        readTemporal(place, connections),
      ])
      const statuses = hub.map((status): ConnectionStatus => ({
        ...status,
        schedules: temporal.schedules.get(status.connection) ?? null,
      }))
      return {
        value: {
          temporal: { address: place.address, worker: temporal.worker, problem: temporal.problem },
          connections: statuses,
        },
        text: statusText(statuses, temporal, new Date(), terminal),
        exitCode: temporal.problem === null ? exitCodes.done : exitCodes.unreachable,
      }
    }),
  )
}
