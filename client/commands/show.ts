import type { Command } from 'commander'
import { stringify } from 'yaml'
import { findRecords } from '../../connectors/hub/records.ts'
import type { HubRecord } from '../../contracts/hub.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { withHub } from '../support/hub.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { addVerb, type Answer, answering, type Session } from '../support/verb.ts'

export function registerShow(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'show <id>',
    summary: "the hub's record of a SKU, uuid, code or hub id; several hits are all shown",
    examples: ['pimflow show NL-DL7-W', 'pimflow show jacket_tarn --json'],
  }).action(
    answering(session, async ({ terminal, options, args: [id = ''] }) => {
      const config = await readConfig(options, terminal)
      const { name } = chosenConnection(config, options)
      const records = await withHub(config, (sql) => findRecords(sql, name, id))
      return records.length === 0 ? notThere(id, name) : { value: records, text: recordsText(records) }
    }),
  )
}

function notThere(id: string, connection: string): Answer {
  return {
    value: [],
    text: `The hub has no record ${id} of ${connection}; to see why: pimflow explain ${id}`,
    exitCode: exitCodes.failed,
  }
}

/** YAML, because a record is a tree and people read it. */
const recordsText = (records: (HubRecord & { output: string })[]): string =>
  records.map((record) => stringify(envelopeFirst(record), { lineWidth: 110 }).trimEnd()).join('\n---\n')

/** The database keeps the fields of a document in an order of its own. */
function envelopeFirst(record: HubRecord & { output: string }): object {
  const { output, kind, id, version, status, reasons, source, ...fields } = record
  return { output, kind, id, version, status, ...(reasons ? { reasons } : {}), source, ...fields }
}
