import type { Command } from 'commander'
import { openDatabase } from '../../connectors/hub/database.ts'
import { portOption } from '../support/port.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { serveUntilStopped } from '../support/serving.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

interface FeedFlags {
  host: string
  port: number
}

/** Two snapshots at most, and changes beside them. */
const poolSize = 5

export function registerFeed(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'feed',
    summary: 'let others read over HTTP until Ctrl-C: GET /snapshot and GET /changes?after=',
    examples: ['pimflow feed', 'pimflow feed --host 0.0.0.0 --port 8090'],
  })
    .option('--host <address>', 'where it listens; beyond this machine feed.token must be set', '127.0.0.1')
    .option('--port <n>', 'port; 0: any that is free', portOption, 8090)
    .action(
      answering<FeedFlags>(session, async ({ terminal, options }) => {
        const config = await readConfig(options, terminal)
        const { name, feed } = chosenConnection(config, options)
        // Loads the HTTP server, which no other verb needs.
        const { startFeedServer } = await import('../../workers/feed-server.ts')
        const sql = openDatabase(config.database.url, { max: poolSize, prepare: config.database.prepare })
        try {
          const { host, port: wanted } = options
          const server = await startFeedServer({
            sql,
            connection: name,
            host,
            port: wanted,
            token: feed.token,
          })
          await serveUntilStopped(server, terminal, options)
        } finally {
          await sql.end({ timeout: 1 })
        }
        return { value: undefined, text: '' }
      }),
    )
}
