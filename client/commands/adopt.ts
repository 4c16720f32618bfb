import type { Command } from 'commander'
import type { Sql } from '../../connectors/hub/database.ts'
import { type AdoptedId, adoptIds } from '../../connectors/hub/adopted-ids.ts'
import type { DeliveryKey } from '../../connectors/hub/delivery-key.ts'
import { loadIcecatMappings } from '../../config.ts'
import { adoptLines } from '../support/adopt-file.ts'
import { adoptStanding } from '../support/adopt-standing.ts'
import { adoptFromFile } from '../support/adopt-written.ts'
import { chosenDestination, type Choice, deliveryKey } from '../support/deliveries.ts'
import type { AdoptedValues } from '../support/earlier-values.ts'
import { UsageError } from '../support/errors.ts'
import { exitCodes } from '../support/exit-codes.ts'
import { counted, nonZero, table } from '../support/format.ts'
import { withHub } from '../support/hub.ts'
import { chosenConnection, configPath, readConfig } from '../support/project.ts'
import { addVerb, type Answer, answering, type Invocation, type Session } from '../support/verb.ts'

/** Lines of the file in one transaction. */
const batch = 1000

/** So many refused lines are told; the count is told in any case. */
const shownLines = 20

interface AdoptFlags extends Choice {
  icecat?: boolean
  attribute?: string[]
  family?: string[]
  preview?: boolean
}

export function registerAdopt(program: Command, session: Session): void {
  addVerb(program, {
    usage: 'adopt [file]',
    summary:
      "take over an existing shop's ids, so that nothing is created twice there, or values that an earlier connector brought from Icecat",
    examples: [
      'pimflow adopt shop-ids.csv',
      'pimflow adopt shop-ids.ndjson --destination shop --json',
      'pimflow adopt --icecat --attribute description image --family lamps --preview',
      'pimflow adopt written.csv --icecat',
    ],
  })
    .option('--destination <name>', 'whose ids they are (default: the only one)')
    .option(
      '--icecat',
      'values instead of ids: the file has sku, attribute, locale, scope and the value that was written',
    )
    .option('--attribute <codes...>', 'with --icecat and no file: what stands in Akeneo at these attributes')
    .option('--family <codes...>', 'with --attribute: of these families only')
    .option('--preview', 'with --icecat: count, and take nothing over')
    .action(
      answering<AdoptFlags>(session, (invocation) =>
        invocation.options.icecat === true ? adoptValues(invocation) : adoptShop(invocation),
      ),
    )
}

async function adoptShop({ terminal, options, args: [file] }: Invocation<AdoptFlags>): Promise<Answer> {
  if (file === undefined) throw new UsageError('Give the file of ids, CSV or NDJSON with sku and id')
  if (options.attribute !== undefined || options.family !== undefined || options.preview === true)
    throw new UsageError('--attribute, --family and --preview go with --icecat only')
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
}

async function adoptValues({ terminal, options, args: [file] }: Invocation<AdoptFlags>): Promise<Answer> {
  const { attribute: attributes, family: families, preview: isPreview = false } = options
  if ((file === undefined) === (attributes === undefined))
    throw new UsageError(
      'Say what the earlier connector wrote: a file, or --attribute with the attributes that it filled',
    )
  if (families !== undefined && attributes === undefined)
    throw new UsageError('--family goes with --attribute only')
  const config = await readConfig(options, terminal)
  const { name: connection } = chosenConnection(config, options)
  const mappings = await loadIcecatMappings(config, configPath(options, terminal))
  const mapping = mappings.find((one) => one.connection === connection)?.mapping
  if (mapping === undefined)
    throw new UsageError(`${connection} has no section icecat in the configuration: see docs/icecat.md`)
  const adopted = await withHub(config, (sql) => {
    const work = { sql, connection, mapping, isPreview }
    return file === undefined
      ? adoptStanding(work, { attributes: attributes ?? [], families: families ?? null })
      : adoptFromFile(work, file)
  })
  return {
    value: { isPreview, ...adopted },
    text: adoptedValuesText(adopted, isPreview),
    exitCode: adopted.refused.length > 0 ? exitCodes.rejections : exitCodes.done,
  }
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
  return [counts || 'The file has no ids', ...refusedLines(refused)].join('\n')
}

function adoptedValuesText(
  { attributes, records, known, edited, refused }: AdoptedValues,
  isPreview: boolean,
): string {
  const places = Object.values(attributes).reduce((sum, n) => sum + n, 0)
  const counts = nonZero([
    [places, isPreview ? 'values would be taken over' : 'values taken over'],
    [edited, 'of them changed since, which stay a person’s'],
    [known, 'known already'],
    [refused.length, 'refused'],
  ])
  const rows = Object.entries(attributes).map(([code, n]) => [code, String(n)])
  return [
    counts || 'There is nothing to take over',
    ...(rows.length === 0 ? [] : [table(rows, '  ')]),
    ...(places === 0 || isPreview
      ? []
      : [`The next run judges ${counted(records, 'record')} again: pimflow enrich`]),
    ...refusedLines(refused),
  ].join('\n')
}

function refusedLines(refused: { line: number; reason: string }[]): string[] {
  const lines = refused.slice(0, shownLines).map(({ line, reason }) => `line ${line} ${reason}`)
  const rest = refused.length - lines.length
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])]
}
