import type { Command } from 'commander'
import type { Sql } from '../../connectors/hub/database.ts'
import { type AdoptedId, adoptIds } from '../../connectors/hub/adopted-ids.ts'
import type { DeliveryKey } from '../../connectors/hub/deliveries.ts'
import { adoptLines } from '../support/adopt-file.ts'
import { chosenDestination, type Choice, deliveryKey } from '../support/deliveries.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { nonZero } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import { chosenConnection, readConfig } from '../support/project.ts'
import { addVerb, answering, type Session } from '../support/verb.ts'

/** Lines of the file in one transaction. */
const batch = 1000

/** So many refused lines are told; the count is told in any case. */
const shownLines = 20

export function registerAdopt(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'adopt <file>',
    summary:
      "take over an existing shop's ids, so that nothing is created twice there: CSV or NDJSON with sku and id",
    examples: ['pimflow adopt shop-ids.csv', 'pimflow adopt shop-ids.ndjson --destination shop --json'],
  })
    .option('--destination <name>', 'whose ids they are (default: the only one)')
    .action(
      answering<Choice>(session, async ({ terminal, options, args: [file = ''] }) => {
        const config = await readConfig(options, terminal)
        const connection = chosenConnection(config, options)
        const destination = chosenDestination(connection, options)
        const adopted = await withHub(config, async (sql) => {
          const key = await deliveryKey(sql, connection, destination)
          // Before the first load there is no output yet: then all of them wait for their records.
          return adoptFile(sql, key ?? { connection: connection.name, output: '', destination }, file)
        })
        return {
          value: { destination, ...adopted },
          text: adoptedText(adopted),
          exitCode: adopted.refused.length > 0 ? exitCodes.rejections : exitCodes.done,
        }
      }),
    )
}

interface AdoptedFile {
  adopted: number
  waiting: number
  unchanged: number
  refused: { line: number; reason: string }[]
}

async function adoptFile(sql: Sql, key: DeliveryKey, file: string): Promise<AdoptedFile> {
  const total: AdoptedFile = { adopted: 0, waiting: 0, unchanged: 0, refused: [] }
  const codes = new Set<string>()
  const ids = new Set<string>()
  let rows: (AdoptedId & { line: number })[] = []
  const flush = async () => {
    const given = rows
    rows = []
    const done = await sql.begin((tx) => adoptIds(tx, key, given))
    total.adopted += done.adopted
    total.waiting += done.waiting
    total.unchanged += done.unchanged
    for (const { externalId, reason } of done.refused) {
      const line = given.find((row) => row.externalId === externalId)?.line ?? 0
      total.refused.push({ line, reason: `names ${externalId}, but ${reason}` })
    }
  }
  for await (const given of adoptLines(file)) {
    if (!('row' in given)) {
      total.refused.push(given)
      continue
    }
    const { line, row } = given
    const place = `${row.kind} ${row.code.toLowerCase()}`
    if (codes.has(place) || ids.has(row.externalId)) {
      const what = codes.has(place) ? row.code : row.externalId
      total.refused.push({ line, reason: `names ${what}, which stands above already` })
      continue
    }
    codes.add(place)
    ids.add(row.externalId)
    rows.push({ ...row, line })
    if (rows.length === batch) await flush()
  }
  if (rows.length > 0) await flush()
  return total
}

function adoptedText({ adopted, waiting, unchanged, refused }: AdoptedFile): string {
  const counts = nonZero([
    [adopted, 'adopted'],
    [waiting, 'kept until the hub sees their records'],
    [unchanged, 'known already'],
    [refused.length, 'refused'],
  ])
  const lines = refused.slice(0, shownLines).map(({ line, reason }) => `line ${line} ${reason}`)
  const rest = refused.length - lines.length
  return [counts || 'The file has no ids', ...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n')
}
