import { ago, counted, duration, instant, nonZero, paint, table } from './format.ts'
import type { ReasonCount, RecordCount, RunRow } from '../../connectors/hub/sights.ts'
import { type ScheduleSight, sightCells } from './schedule-sights.ts'
import type { Terminal } from './terminal.ts'

export interface ConnectionStatus {
  connection: string
  /** Changes up to here are in the hub; null before the first load. */
  watermark: Date | null
  load: 'running' | 'done' | null
  outputs: { output: string; seq: bigint }[]
  records: RecordCount[]
  waiting: ReasonCount[]
  rejections: ReasonCount[]
  runs: (RunRow & { webUrl: string })[]
  /** Null when Temporal does not answer. */
  schedules: ScheduleSight[] | null
}

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
    ...(schedules === null
      ? []
      : [
          `  schedules\n${table(
            schedules.map((sight) => sightCells(sight, now)),
            '    ',
          )}`,
        ]),
    ...adviceFor(status, now).map((line) => paint(terminal, 'yellow', `  > ${line}`)),
  ]
  return sections.filter((section) => section !== '').join('\n')
}

export function behindText(
  { watermark, load }: Pick<ConnectionStatus, 'watermark' | 'load'>,
  now: Date,
): string {
  if (watermark === null) return 'nothing is loaded yet'
  const behind = `${duration(now.getTime() - watermark.getTime())} behind (up to ${instant(watermark)})`
  return load === 'running' ? `first full load under way, changes ${behind}` : behind
}

function factsOf({ outputs, records, waiting, rejections }: ConnectionStatus): string[][] {
  return [
    ...outputs.map(({ output, seq }) => [
      output,
      `${recordsText(records.filter((row) => row.output === output))}; feed at ${seq}`,
    ]),
    ...(waiting.length === 0 ? [] : [['waiting', countsText(waiting)]]),
    ...(rejections.length === 0 ? [] : [['rejected', countsText(rejections)]]),
  ]
}

const many = { attribute: 'attributes', category: 'categories', group: 'groups', product: 'products' }

/** `168 categories, 81 groups (3 withheld), 1239 products`. */
function recordsText(rows: RecordCount[]): string {
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

function runCells({ process, outcome, startedAt, finishedAt, report }: RunRow, now: Date): string[] {
  const published = report['published'] ?? report['written']
  return [
    process,
    outcome ?? 'running',
    ago(finishedAt ?? startedAt, now),
    `${finishedAt ? 'took' : 'for'} ${duration((finishedAt ?? now).getTime() - startedAt.getTime())}`,
    typeof published === 'number' ? `${published} published` : '',
  ]
}

/** A poll that runs every few minutes and is this far behind has a problem that somebody should look at; unit ms. */
const tolerableBehindMs = 30 * 60_000

/** What a person should do about it, most urgent first. */
export function adviceFor(status: ConnectionStatus, now: Date): string[] {
  const { connection, watermark, load, rejections, schedules } = status
  const option = `--connection ${connection}`
  const poll = schedules?.find(({ name }) => name === 'poll')
  const advice: string[] = []
  if (watermark === null)
    advice.push(
      `To begin: pimflow sync categories ${option}, then pimflow schedules apply ${option}, whose first poll loads everything`,
    )
  else if (poll?.state === 'not applied') advice.push(`Nothing polls: pimflow schedules apply ${option}`)
  if (poll?.state === 'paused') advice.push(`Polling is paused: pimflow schedules resume ${option}`)
  if (watermark !== null && load === 'done' && poll?.state === 'on') {
    const behind = now.getTime() - watermark.getTime()
    if (behind > tolerableBehindMs)
      advice.push(
        `Polls do not get through: look at the last run${poll.running ? ` (${poll.running})` : ''}, and whether a worker runs`,
      )
  }
  if (rejections.length > 0) advice.push(`Rejected records wait for a person: pimflow rejections ${option}`)
  return advice
}
