import type { MediaCounts } from '../../connectors/hub/media-files.ts'
import { addressed } from '../../domain/proposals.ts'
import type { ReasonCount, RecordCount, RunRow } from '../../connectors/hub/sights.ts'
import { adviceFor, adviceText } from './advice.ts'
import type { ConnectionStatus } from './connection-status.ts'
import { factRows } from './enrichment-overview.ts'
import { deliveryRows } from './delivery-text.ts'
import { ago, counted, duration, instant, nonZero, paint, sizeText, table } from './format.ts'
import { sightCells } from './schedule-sights.ts'
import type { Terminal } from './terminal.ts'

/** The 09:00 page: each connection with what it needs from a person below it. */
export function statusText(
  statuses: ConnectionStatus[],
  temporal: { problem: string | null; worker: boolean | null },
  now: Date,
  terminal: Pick<Terminal, 'colours'>,
): string {
  const general = [
    ...(temporal.problem === null ? [] : [temporal.problem]),
    ...(temporal.worker === false ? ['No worker takes work: pimflow worker'] : []),
  ].map((line) => paint(terminal, 'red', line))
  return [...general, ...statuses.map((status) => connectionText(status, now, terminal))].join('\n\n')
}

function connectionText(status: ConnectionStatus, now: Date, terminal: Pick<Terminal, 'colours'>): string {
  const { connection, runs, schedules } = status
  const deliveries = deliveryRows(status, now)
  const sections = [
    `${paint(terminal, 'bold', connection)}  ${behindText(status, now)}`,
    table(factsOf(status), '  '),
    ...(runs.length === 0
      ? []
      : [
          `  last runs\n${table(
            runs.map((run) => runCells(run, now)),
            '    ',
          )}`,
        ]),
    ...(status.enrichment === null ? [] : [`  Icecat\n${table(factRows(status.enrichment), '    ')}`]),
    ...(deliveries.length === 0 ? [] : [`  deliveries\n${table(deliveries, '    ')}`]),
    ...(schedules === null
      ? []
      : [
          `  schedules\n${table(
            schedules.map((sight) => sightCells(sight, now)),
            '    ',
          )}`,
        ]),
    ...adviceFor(status, now).map((advice) => paint(terminal, 'yellow', `  > ${adviceText(advice)}`)),
  ]
  return addressed(sections.filter((section) => section !== '').join('\n'), { connection })
}

export function behindText(
  { watermark, load }: Pick<ConnectionStatus, 'watermark' | 'load'>,
  now: Date,
): string {
  if (watermark === null) return 'nothing is loaded yet'
  const behind = `${duration(now.getTime() - watermark.getTime())} behind (up to ${instant(watermark)})`
  return load === 'running' ? `first full load under way, changes ${behind}` : behind
}

function factsOf({ outputs, records, files, waiting, rejections, findings }: ConnectionStatus): string[][] {
  return [
    ...outputs.map(({ output, seq }) => [
      output,
      `${recordsText(records.filter((row) => row.output === output))}; feed at ${seq}`,
    ]),
    ...(files === null ? [] : [['files', filesText(files)]]),
    ...(waiting.length === 0 ? [] : [['waiting', countsText(waiting)]]),
    ...(rejections.length === 0 ? [] : [['rejected', countsText(rejections)]]),
    ...(findings.length === 0
      ? []
      : [['with findings', `${countsText(findings)}; pimflow explain says what was left out`]]),
  ]
}

/** `1240 kept (1.2 GB), 3 to come, 1 could not be had`. */
export const filesText = ({ kept, bytes, due, refused }: MediaCounts): string =>
  nonZero([
    [kept, `kept (${sizeText(bytes)})`],
    [due, 'to come'],
    [refused, 'could not be had; again: pimflow sync media'],
  ])

const many = { attribute: 'attributes', category: 'categories', group: 'groups', product: 'products' }

/** `168 categories, 81 groups (3 withheld), 1239 products`. */
export function recordsText(rows: RecordCount[]): string {
  return (['product', 'group', 'category', 'attribute'] as const)
    .map((kind) => {
      const ofKind = rows.filter((row) => row.kind === kind)
      const all = ofKind.reduce((sum, { count }) => sum + count, 0)
      const not = nonZero(
        ofKind.filter(({ status }) => status !== 'active').map(({ count, status }) => [count, status]),
      )
      return `${counted(all, kind, many[kind])}${not === '' ? '' : ` (${not})`}`
    })
    .join(', ')
}

const countsText = (counts: ReasonCount[]): string =>
  `${counts.reduce((sum, { count }) => sum + count, 0)} (${counts.map(({ reason, count }) => `${reason} ${count}`).join(', ')})`

function runCells({ process, outcome, startedAt, finishedAt, report, actions }: RunRow, now: Date): string[] {
  const published = report['published'] ?? report['written']
  return [
    process,
    outcome ?? 'running',
    ago(finishedAt ?? startedAt, now),
    `${finishedAt ? 'took' : 'for'} ${duration((finishedAt ?? now).getTime() - startedAt.getTime())}`,
    typeof published === 'number' ? `${published} published` : '',
    actions === null ? '' : counted(actions, 'Temporal action'),
  ]
}
