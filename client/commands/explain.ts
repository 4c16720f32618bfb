import type { Command } from 'commander'
import { withHub } from '../support/hub.ts'
import { explainRecord } from '../support/explain-record.ts'
import { explanationText } from '../support/explanation-text.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerExplain(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'explain <id>',
    summary:
      'why a record is in the hub or is not: rejected, waiting, disabled, unknown; and where each value comes from',
    examples: ['pimflow explain NL-DL7-W', 'pimflow explain jacket_tarn --json'],
  }).action(
    answering(session, async ({ terminal, options, args: [id = ''] }) => {
      const config = await readConfig(options, terminal)
      const connection = chosenConnection(config, options)
      const explanation = await withHub(config, (sql) => explainRecord(sql, connection, id))
      return { value: explanation, text: explanationText(explanation, new Date()) }
    }),
  )
}
