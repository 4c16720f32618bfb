import type { Command } from 'commander'
import { migrate } from '../../connectors/hub/migrate.ts'
import { counted } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import { readConfig } from '../support/project.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerMigrate(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'migrate',
    summary: 'bring the hub database to the schema of this version, and nothing else',
    examples: ['pimflow migrate', 'DATABASE_URL=postgres://owner@db/pimflow pimflow migrate'],
    connection: false,
  }).action(
    answering(session, async ({ terminal, options }) => {
      const applied = await withHub(await readConfig(options, terminal), (sql) => migrate(sql))
      const text =
        applied.length === 0
          ? 'The hub database has the schema of this version already'
          : `${counted(applied.length, 'migration')} applied: ${applied.join(', ')}`
      return { value: { applied }, text }
    }),
  )
}
