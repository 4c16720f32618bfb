import type { Sql } from '../../connectors/hub/database.ts'
import {
  countsByDay,
  countsByRun,
  type CutCounts,
  cuts,
  type DayCounts,
  type RunCounts,
} from '../../connectors/hub/enrichment/counts.ts'
import {
  type NamedCount,
  outcomesBy,
  type SharedGtin,
  sharedGtins,
  valuesByLocale,
} from '../../connectors/hub/enrichment/sights.ts'
import type { ConnectionConfig } from '../../config.ts'
import { noCounts } from '../../domain/enrichment/counts.ts'
import { csvText } from '../../domain/csv.ts'
import { type EnrichmentStanding, enrichmentStanding, fairUseText } from './enrichment-standing.ts'
import { sharedGtinText } from './enrichment-text.ts'
import { counted, table } from './format.ts'

export interface EnrichmentOverview extends EnrichmentStanding {
  connection: string
  /** Products by outcome, for each brand and family. */
  brands: GroupedOutcomes[]
  families: GroupedOutcomes[]
  locales: NamedCount[]
  /** GTINs that several products have. */
  sharedGtins: SharedGtin[]
  /** What runs did, the latest day first. */
  days: DayCounts[]
  /** The latest first; only where they are asked for: an hour may have twelve. */
  runs?: RunCounts[]
}

export interface GroupedOutcomes {
  name: string
  products: number
  outcomes: Record<string, number>
}

/** How the products of a connection stand with Icecat. */
export async function enrichmentOverview(
  sql: Sql,
  connection: string,
  icecat: NonNullable<ConnectionConfig['icecat']>,
  { runs = false } = {},
): Promise<EnrichmentOverview> {
  return {
    connection,
    ...(await enrichmentStanding(sql, connection, icecat)),
    brands: grouped(await outcomesBy(sql, connection, 'brand')),
    families: grouped(await outcomesBy(sql, connection, 'family')),
    locales: await valuesByLocale(sql, connection),
    sharedGtins: await sharedGtins(sql, connection),
    days: await countsByDay(sql, connection),
    ...(runs ? { runs: await countsByRun(sql, connection) } : {}),
  }
}

/** The largest first. */
export function grouped(rows: { name: string; outcome: string; count: number }[]): GroupedOutcomes[] {
  const groups = new Map<string, GroupedOutcomes>()
  for (const { name, outcome, count } of rows) {
    const group = groups.get(name) ?? { name, products: 0, outcomes: {} }
    group.products += count
    group.outcomes[outcome] = count
    groups.set(name, group)
  }
  return [...groups.values()].toSorted((a, b) => b.products - a.products || (a.name < b.name ? -1 : 1))
}

/** So many brands are shown; the file has all of them. */
const shownGroups = 15

export function overviewText(overview: EnrichmentOverview): string {
  if (overview.chosen === 0) return 'No product is chosen yet: pimflow enrich'
  return [
    table(factRows(overview)),
    ...groupText('brand', overview.brands, overview.outcomes),
    ...groupText('family', overview.families, overview.outcomes),
    ...(overview.locales.length === 0
      ? []
      : [
          `\nvalues by locale\n${table(
            overview.locales.map(({ name, count }) => [name === '' ? 'without locale' : name, String(count)]),
            '  ',
          )}`,
        ]),
    ...gtinText(overview.sharedGtins),
    ...dayText(overview.days),
  ].join('\n')
}

/** So many GTINs are shown; --json has all. */
const shownGtins = 10

function gtinText(shared: readonly SharedGtin[]): string[] {
  if (shared.length === 0) return []
  const rest = shared.length - shownGtins
  return [
    '\nGTINs that several products have',
    ...shared.slice(0, shownGtins).map((one) => `  ${sharedGtinText(one)}`),
    ...(rest > 0 ? [`  and ${rest} more: --json`] : []),
  ]
}

/** So many days are shown; --json has all. */
const shownDays = 14

/** What a day is about; --json has all that is counted. */
const shownCounts = [
  'enriched',
  'unchanged',
  'kept',
  'notFound',
  'restricted',
  'refused',
  'parked',
  'dropped',
  'requested',
  'delivered',
]

export function dayText(all: readonly DayCounts[]): string[] {
  if (all.length === 0) return []
  const days = all.slice(0, shownDays)
  // Of most catalogues there is none, and the table is wide.
  const isUnchecked = days.some(({ counts: own }) => (own['unchecked'] ?? 0) > 0)
  const names = isUnchecked ? [...shownCounts, 'unchecked'] : shownCounts
  const rows = days.map(({ day, runs, counts: own }) => [
    day,
    String(runs),
    ...names.map((name) => String(own[name] ?? 0)),
  ])
  return [
    `\n${table([['day', 'runs', ...names], ...rows], '  ')}`,
    `  by ${cuts.join(', ')}: --days <file>; of each run: --runs <file>`,
  ]
}

/** A line for each day, then one for each brand, family, locale, attribute and reason of that day, with all that was counted. */
export const daysCsv = (days: readonly DayCounts[]): string =>
  countsCsv(
    ['day', 'runs'],
    days.map(({ day, runs, ...counted }) => ({ ...counted, head: [day, String(runs)] })),
  )

/** The same of each run. */
export const runsCsv = (runs: readonly RunCounts[]): string =>
  countsCsv(
    ['run', 'startedAt', 'mode', 'outcome'],
    runs.map(({ run, startedAt, mode, outcome, ...counted }) => ({
      ...counted,
      head: [run, startedAt.toISOString(), mode, outcome ?? ''],
    })),
  )

function countsCsv(heads: string[], all: (CutCounts & { head: string[] })[]): string {
  const names = Object.keys(noCounts)
  const row = (head: string[], by: string, name: string, own: Record<string, number>) => [
    ...head,
    by,
    name,
    ...names.map((counted) => String(own[counted] ?? 0)),
  ]
  return csvText([
    [...heads, 'by', 'name', ...names],
    ...all.flatMap(({ head, counts: own, by }) => [
      row(head, 'all', '', own),
      ...cuts.flatMap((cut) => by[cut].map(({ part, counts: ofPart }) => row(head, cut, part, ofPart))),
    ]),
  ])
}

/** One line each, for `status` too. */
export function factRows(sight: EnrichmentStanding): string[][] {
  const {
    chosen,
    due,
    outcomes,
    values,
    lines,
    files,
    findings,
    requests,
    optionsAsked,
    indexGenerated,
    leftOut,
    notTaken,
  } = sight
  const unchecked = findings.filter(({ name }) => name === 'unchecked')
  const leftAlone = findings.filter(({ name }) => name !== 'unchecked')
  return [
    ['chosen', `${counted(chosen, 'product')}, ${due} to look at`],
    ['found', counts(outcomes)],
    ...leftOut.map((text) => ['left out', text]),
    ...(notTaken === null ? [] : [['not taken', notTaken]]),
    ['written', counted(values, 'value')],
    ...(lines.waiting + lines.parked + files === 0
      ? []
      : [
          [
            'to send',
            `${lines.waiting} lines, ${files} files; ${lines.parked} lines that Akeneo has refused`,
          ],
        ]),
    ...(leftAlone.length === 0 ? [] : [['left alone', counts(leftAlone)]]),
    ...unchecked.map(({ count }) => [
      'unchecked',
      `${counted(count, 'sheet')} taken without a brand to compare`,
    ]),
    ...(requests.length === 0 ? [] : [['asked of Icecat', counts(requests)]]),
    ...(optionsAsked === 0 ? [] : [['options', `${optionsAsked} to be made or refused by a person`]]),
    ['fair use', fairUseText(sight.fairUse)],
    ['index', indexGenerated === null ? 'not read yet' : `of ${stampText(indexGenerated)}`],
  ]
}

const counts = (rows: NamedCount[]): string => rows.map(({ name, count }) => `${count} ${name}`).join(', ')

/** `YYYYMMDDHHMMSS`, in Icecat's time, whose zone it does not say. */
const stampText = (stamp: string): string =>
  stamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5')

function groupText(what: string, groups: GroupedOutcomes[], outcomes: NamedCount[]): string[] {
  if (groups.length === 0) return []
  const names = outcomes.map(({ name }) => name)
  const rows = groups
    .slice(0, shownGroups)
    .map(({ name, products, outcomes: own }) => [
      name === '' ? `without ${what}` : name,
      String(products),
      ...names.map((outcome) => String(own[outcome] ?? 0)),
    ])
  const rest = groups.length - rows.length
  return [
    `\n${table([[what, 'products', ...names], ...rows], '  ')}`,
    ...(rest > 0 ? [`  and ${rest} more: --csv <file>`] : []),
  ]
}

export function overviewCsv({ brands, families, outcomes }: EnrichmentOverview): string {
  const names = outcomes.map(({ name }) => name)
  const rows = (by: string, groups: GroupedOutcomes[]) =>
    groups.map(({ name, products, outcomes: own }) => [
      by,
      name,
      String(products),
      ...names.map((outcome) => String(own[outcome] ?? 0)),
    ])
  return csvText([
    ['by', 'name', 'products', ...names],
    ...rows('brand', brands),
    ...rows('family', families),
  ])
}
