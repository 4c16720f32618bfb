import type { Command } from 'commander'
import { projectDataDir } from '../../local/paths.ts'
import { stopServices } from '../../local/services.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerDown(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'down',
    summary: 'stop what `up` started in this folder, and nothing else',
    examples: ['pimflow down'],
    connection: false,
    configuration: false,
  }).action(
    answering(session, async ({ terminal }) => {
      const stopped = await stopServices({
        dataDir: projectDataDir(),
        onProgress: (text) => terminal.err(text),
      })
      const { temporal = null, postgres = null } = stopped
      const lines = [
        ...(temporal === null ? [] : [`Temporal at ${temporal} stopped`]),
        ...(postgres === null ? [] : [`Database at ${postgres} stopped`]),
      ]
      return {
        value: { temporal, database: postgres },
        text: lines.length === 0 ? 'Nothing of ours was running' : lines.join('\n'),
      }
    }),
  )
}
