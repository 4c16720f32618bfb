import { enrichmentSight } from '../../connectors/hub/enrichment/sights.ts'
import type { Sql } from '../../connectors/hub/database.ts'
import { workflowId, workflowTypes } from '../../contracts/names.ts'
import type { EnrichmentReport, RunReport } from '../../contracts/reports.ts'
import type { IcecatSimulator } from '../../simulator/icecat/index.ts'
import { table } from '../support/format.ts'
import { npmScript, toLookAround } from './again.ts'
import { expectThat } from './demo-error.ts'
import type { KeptDemo } from './figures.ts'
import { initializeCategories, loadEverything } from './run-demo.ts'
import type { Stage } from './stage.ts'

/** What one day's enrichment did. */
export type DayFigures = Pick<
  EnrichmentReport,
  | 'enriched'
  | 'unchanged'
  | 'kept'
  | 'notFound'
  | 'restricted'
  | 'refused'
  | 'requested'
  | 'delivered'
  | 'lines'
  | 'values'
  | 'files'
  | 'sheets'
> & { seconds: number }

export interface EnrichmentStory {
  figures: { day1: DayFigures; day2: DayFigures; day3: DayFigures; seconds: number }
  /** What was changed on the second day, by whom. */
  changes: string[]
}

/** A lamp of the invented catalogues of both ends. */
const late = { sku: 'NL-DL9-B', icecatId: '900000125' }

/**
 * Three days of content: everything that Icecat has for the catalogue; then one changed feature, one product that Icecat had only known, and a
 * person's edit; then another product that Icecat describes. A second run of that day has nothing to do. A figure that is not what it should be ends it with the reason.
 */
export async function runEnrichment(
  stage: Stage,
  onProgress: (text: string) => void,
): Promise<EnrichmentStory> {
  const { sql, connection, icecat } = stage
  if (icecat === null) throw new Error('This stage has no Icecat')
  const all = stopwatch()
  onProgress('categories and products into the hub …')
  await initializeCategories(stage)
  await loadEverything(stage)

  // Icecat knows this one from the beginning and describes it a day later.
  icecat.edit({ id: late.icecatId, describedAt: null })
  icecat.generateIndex()
  onProgress('day 1: what Icecat has for these products …')
  const day1 = await enrich(stage)
  expectThat(day1.enriched > 0 && day1.values > 0, `The first day wrote ${day1.values} values`)

  const changed = await changeFeature(sql, connection, icecat)
  const edited = await editValue(stage)
  icecat.describe(late.icecatId)
  nextDay(icecat)
  onProgress(
    `day 2: ${late.sku} is described, a feature of ${changed} changed, a person wrote ${edited.name} …`,
  )
  await poll(stage)
  const day2 = await enrich(stage)
  expectThat(day2.delivered === 1, `Of one product that was described, ${day2.delivered} were delivered`)
  expectThat(day2.enriched >= 2, `The second day enriched ${day2.enriched} products instead of two`)
  expectThat(await edited.stands(), `The person’s ${edited.name} was written over`)

  nextDay(icecat)
  onProgress('day 3: another product is described, and nothing else happens …')
  await poll(stage)
  const day3 = await enrich(stage)
  expectThat(
    day3.delivered === 1 && day3.enriched === 1,
    `On the third day ${day3.delivered} products were delivered and ${day3.enriched} enriched, instead of one`,
  )

  onProgress('the same day again …')
  const again = await enrich(stage)
  expectThat(
    again.lines + again.sheets + again.files === 0,
    `A second run of the day fetched ${again.sheets} sheets and sent ${again.lines} lines`,
  )
  const { lines, due } = await enrichmentSight(sql, connection)
  expectThat(lines.waiting === 0 && due === 0, `${lines.waiting} lines and ${due} products are left`)
  return {
    figures: { day1, day2, day3, seconds: Number(all().toFixed(1)) },
    changes: [
      `${changed}: one feature changed at Icecat`,
      `${late.sku}: described at Icecat since yesterday`,
      `${edited.name}: written by a person in Akeneo, and kept`,
    ],
  }
}

async function enrich({ client, connection, taskQueue }: Stage): Promise<DayFigures> {
  const took = stopwatch()
  const report = (await client.workflow.execute(workflowTypes.enrichCatalog, {
    workflowId: workflowId(connection, 'enrich'),
    taskQueue,
    args: [{ connection }],
    staticSummary: `Icecat’s content into ${connection}`,
  })) as EnrichmentReport
  expectThat(report.outcome.startsWith('done'), `The enrichment ended: ${report.outcome}`)
  const { enriched, unchanged, kept, notFound, restricted, refused, requested, delivered } = report
  const { lines, values, files, sheets } = report
  return {
    enriched,
    unchanged,
    kept,
    notFound,
    restricted,
    refused,
    requested,
    delivered,
    lines,
    values,
    files,
    sheets,
    seconds: Number(took().toFixed(1)),
  }
}

async function poll({ client, connection, taskQueue }: Stage): Promise<void> {
  const report = (await client.workflow.execute(workflowTypes.pollProducts, {
    workflowId: workflowId(connection, 'poll-products'),
    taskQueue,
    args: [{ connection }],
    staticSummary: `changes of ${connection}`,
  })) as RunReport
  expectThat(report.outcome.startsWith('done'), `The poll ended: ${report.outcome}`)
}

/** The night between two days, in which Icecat makes its index. */
function nextDay(icecat: IcecatSimulator): void {
  icecat.clock.advance(24 * 3_600_000)
  icecat.generateIndex()
}

/** A number that was written on the first day is another one at Icecat now; returns the product's SKU. */
async function changeFeature(sql: Sql, connection: string, icecat: IcecatSimulator): Promise<string> {
  const [row] = await sql<{ icecatId: string; feature: string; amount: string; code: string }[]>`
    select v.icecat_id as "icecatId", substring(v.source from '[0-9]+') as feature, v.sent ->> 'amount' as amount, s.code
    from enrichment_value v
    join source_record s on s.connection = v.connection and s.stream = v.stream and s.key = v.key
    where v.connection = ${connection} and v.stream = 'products' and v.source like 'feature/%' and v.sent ->> 'amount' ~ '^[0-9]+$'
    order by s.code, v.place limit 1`
  expectThat(row !== undefined, 'No feature with a whole number was written on the first day')
  icecat.edit({ id: row.icecatId, values: { [row.feature]: String(Number(row.amount) + 1) } })
  return row.code
}

/** A person rewrites a text that was written on the first day. */
async function editValue({ sql, connection, akeneo }: Stage) {
  const [row] = await sql<{ code: string; attribute: string; locale: string; scope: string | null }[]>`
    select s.code, v.attribute, v.locale, v.scope from enrichment_value v
    join source_record s on s.connection = v.connection and s.stream = v.stream and s.key = v.key
    where v.connection = ${connection} and v.stream = 'products' and v.locale is not null and jsonb_typeof(v.sent) = 'string'
    order by s.code desc, v.place limit 1`
  expectThat(row !== undefined, 'No text was written on the first day')
  const { code, attribute, locale, scope } = row
  const mine = 'A person knows better.'
  akeneo.edit([
    { resource: 'product', code, patch: { values: { [attribute]: [{ locale, scope, data: mine }] } } },
  ])
  return {
    name: `${attribute} of ${code}`,
    /** After the run has read back what it wrote, the hub knows the product as Akeneo has it. */
    stands: async () => {
      const [found] = await sql<{ stands: boolean }[]>`
        select source -> 'values' -> ${attribute} @> ${sql.json([{ locale, scope, data: mine }])} as stands from source_record
        where connection = ${connection} and stream = 'products' and code = ${code}`
      return found?.stands === true
    },
  }
}

/** Seconds since it was made. */
function stopwatch(): () => number {
  const started = performance.now()
  return () => (performance.now() - started) / 1000
}

export function enrichmentBlock({ figures, changes }: EnrichmentStory, kept?: KeptDemo): string {
  const row = (
    name: string,
    { enriched, unchanged, kept, notFound, requested, delivered, ...sent }: DayFigures,
  ) => [
    name,
    `${enriched} enriched, ${unchanged} unchanged`,
    `${sent.values} values in ${sent.lines} lines, ${sent.files} files`,
    `${kept} kept`,
    `${notFound} not at Icecat (${requested} asked for, ${delivered} delivered)`,
    `${sent.seconds.toFixed(1)} s`,
  ]
  return [
    table([row('day 1', figures.day1), row('day 2', figures.day2), row('day 3', figures.day3)]),
    ...changes.map((change) => `        ${change}`),
    `look   ${kept ? [kept.webUrl, `npx pimflow enrich --report --config ${kept.configPath}`].filter(Boolean).join(' · ') : toLookAround('demo enrich', npmScript())}`,
  ].join('\n')
}
