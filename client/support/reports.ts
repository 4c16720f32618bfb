import type {
  CategoriesReport,
  DeliveryReport,
  EnrichmentReport,
  EnrichProductReport,
  MappingReport,
  MediaReport,
  NotificationsReport,
  RecheckReport,
  ReconcileReport,
  RetireReport,
  RunReport,
  SyncReport,
  TaxonomyReport,
} from '../../contracts/reports.ts'
import { nonZero, sizeText } from './format.ts'

/** What any of our processes answers. */
export type WorkReport =
  | RunReport
  | CategoriesReport
  | SyncReport
  | DeliveryReport
  | ReconcileReport
  | RetireReport
  | MappingReport
  | MediaReport
  | EnrichmentReport
  | EnrichProductReport
  | RecheckReport
  | TaxonomyReport
  | NotificationsReport

/** One line of what a run did. */
export function reportText(report: WorkReport): string {
  if ('streams' in report) return runText(report)
  if ('trees' in report) return categoriesText(report)
  if ('enriched' in report) return enrichmentText(report)
  if ('checked' in report) return recheckText(report)
  if ('delivered' in report) return deliveryText(report)
  if ('drift' in report) return reconcileText(report)
  if ('plan' in report) return retireText(report)
  if ('downloaded' in report) return mediaText(report)
  if ('compared' in report) return mappingText(report)
  if ('lists' in report) return taxonomyText(report)
  if ('told' in report) return `${report.told} told, ${report.standing} stand`
  return `${report.outcome}: ${report.text}`
}

function reconcileText({
  outcome,
  listed,
  absent,
  retired,
  kept,
  plan,
  held,
  drift,
}: ReconcileReport): string {
  const counts = nonZero([
    [listed, 'listed'],
    [absent, 'missing'],
    [retired, 'retired'],
    [kept, 'there after all'],
    [drift.unknown, 'never read before'],
    [drift.changed, 'changed without a trace'],
  ])
  const waits =
    plan === null || held.length === 0 ? [] : [...held, `To decide: pimflow approvals show ${plan}`]
  return [withCounts(outcome, counts), ...waits].join('\n')
}

function enrichmentText({ outcome, due, ...counts }: EnrichmentReport): string {
  const { enriched, unchanged, kept, notFound, restricted, refused, dropped, requested, delivered } = counts
  const said = nonZero([
    [enriched, 'enriched'],
    [unchanged, 'unchanged'],
    [kept, 'values kept'],
    [notFound, 'not at Icecat'],
    [restricted, 'not for this account'],
    [refused, 'values refused'],
    [dropped, 'values that Akeneo dropped'],
    [requested, 'asked for'],
    [delivered, 'delivered'],
    [due, 'still to look at'],
  ])
  return withCounts(outcome, said || (outcome === 'done' ? 'nothing changed' : ''))
}

function recheckText({ outcome, checked, delivered, givenUp }: RecheckReport): string {
  const counts = nonZero([
    [checked, 'checked'],
    [delivered, 'delivered'],
    [givenUp, 'given up'],
  ])
  return withCounts(outcome, counts || (outcome === 'done' ? 'nothing was due' : ''))
}

const retireText = ({ outcome, retired, kept, published }: RetireReport): string =>
  withCounts(
    outcome,
    nonZero([
      [retired, 'retired'],
      [kept, 'there after all'],
      [published, 'published'],
    ]),
  )

function mappingText({ outcome, change, compared, changed, published }: MappingReport): string {
  const counts = nonZero([
    [compared, 'compared'],
    [changed, 'of them otherwise'],
    [published, 'published'],
  ])
  const waits = outcome === 'awaiting approval' ? [`To decide: pimflow approvals show m${change}`] : []
  return [withCounts(outcome, counts), ...waits].join('\n')
}

const mediaText = ({ outcome, downloaded, bytes, refused, published, removed }: MediaReport): string =>
  withCounts(
    outcome,
    nonZero([
      [downloaded, `downloaded (${sizeText(bytes)})`],
      [refused, 'could not be had'],
      [published, 'records published'],
      [removed, 'removed'],
    ]) || (outcome === 'done' ? 'nothing to download' : ''),
  )

function taxonomyText({ outcome, lists, problems }: TaxonomyReport): string {
  const sum = (count: 'records' | 'added' | 'changed' | 'removed') =>
    Object.values(lists).reduce((total, list) => total + list[count], 0)
  const counts = nonZero([
    [sum('records'), 'entries of Icecat’s lists'],
    [sum('added'), 'new'],
    [sum('changed'), 'changed'],
    [sum('removed'), 'gone'],
  ])
  return [withCounts(outcome, counts), ...problems].join('\n')
}

function runText({ outcome, streams, published, waiting, rejected, held = [] }: RunReport): string {
  const read = Object.values(streams).reduce((sum, stream) => sum + stream.read, 0)
  const changed = Object.values(streams).reduce((sum, stream) => sum + stream.changed, 0)
  const counts = nonZero([
    [read, 'read'],
    [changed, 'changed'],
    [published, 'published'],
    [waiting, 'waiting'],
    [rejected, 'rejected'],
  ])
  const line = withCounts(outcome, counts || (outcome === 'done' ? 'nothing changed' : ''))
  return [line, ...held.map((plan) => `To decide: pimflow approvals show ${plan}`)].join('\n')
}

function categoriesText({ outcome, written, unchanged, refused, blocked, trees }: CategoriesReport): string {
  const counts = nonZero([
    [trees, trees === 1 ? 'tree' : 'trees'],
    [written, 'written'],
    [unchanged, 'unchanged'],
    [refused, 'refused'],
    [blocked, 'blocked by a refused parent'],
  ])
  return withCounts(outcome, counts)
}

function deliveryText({ outcome, delivered, refused, parked }: DeliveryReport): string {
  const counts = nonZero([
    [delivered, 'delivered'],
    [refused, 'refused'],
    [parked, 'parked until the destination takes them'],
  ])
  return withCounts(outcome, counts || (outcome === 'done' ? 'nothing to deliver' : ''))
}

const withCounts = (outcome: string, counts: string) => (counts === '' ? outcome : `${outcome}: ${counts}`)

/** What a person does next, when the outcome alone does not say it. */
export function adviceAfter(outcome: string): string | null {
  switch (outcome) {
    case 'done with rejections':
      return 'To see why: pimflow rejections'
    case 'load started':
    case 'loading':
      return 'The first full load is under way; to follow it: pimflow sync products --full'
    default:
      return null
  }
}
