import type { Command } from 'commander'
import { enrichmentRecords } from '../../connectors/hub/enrichment/records.ts'
import { releaseValues } from '../../connectors/hub/enrichment/release.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { counted } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

export function registerRelease(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'release <id> [attribute]',
    summary:
      'let enrichment write over values that stay because a person has changed them: all of it, or one attribute',
    examples: ['pimflow release NL-DL7-W', 'pimflow release NL-DL7-W description'],
  }).action(
    answering(session, async ({ terminal, options, args: [id = '', attribute] }) => {
      const config = await readConfig(options, terminal)
      const { name: connection } = chosenConnection(config, options)
      return withHub(config, async (sql) => {
        const records = await enrichmentRecords(sql, connection, id)
        const released = await sql.begin((tx) => releaseValues(tx, connection, records, attribute ?? null))
        const what = attribute === undefined ? id : `${attribute} of ${id}`
        return {
          value: { released },
          text:
            released.length === 0
              ? `Nothing of ${what} stays because of a person; how it stands: pimflow explain ${id}`
              : `${counted(released.length, 'value')} of ${id} may be written over: ${released.map(({ place }) => place.trim()).join(', ')}\nTo have it now: pimflow enrich ${id}`,
          exitCode: released.length === 0 ? exitCodes.failed : exitCodes.done,
        }
      })
    }),
  )
}
