import type { Command } from 'commander'
import { projectDataDir } from '../../local/paths.ts'
import { startServices } from '../../local/services.ts'
import { table } from '../support/format.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerUp(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'up',
    summary: 'find or start a Temporal server and a database on this machine, and leave them running',
    examples: ['pimflow up'],
    connection: false,
    configuration: false,
  }).action(
    answering(session, async ({ terminal }) => {
      const onProgress = (text: string) => terminal.err(text)
      const { temporal, postgres } = await startServices({
        dataDir: projectDataDir(),
        onProgress,
        persistent: true,
      })
      const value = {
        temporal: {
          address: temporal.address,
          namespace: temporal.namespace,
          webUrl: temporal.uiUrl ?? null,
          started: temporal.started,
        },
        database: { address: withoutPassword(postgres.url), started: postgres.started },
      }
      return {
        value,
        text: table([
          ['Temporal', temporal.address, startedText(temporal.started)],
          ...(temporal.uiUrl === undefined ? [] : [['web pages', temporal.uiUrl, '']]),
          ['database', value.database.address, startedText(postgres.started)],
        ]),
      }
    }),
  )
}

const startedText = (started: boolean) => (started ? 'started' : 'was there already')

export function withoutPassword(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}
