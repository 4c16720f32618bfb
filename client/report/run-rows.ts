import type { RunWork } from '../../connectors/hub/morning.ts'
import { ago, duration, nonZero } from '../support/format.ts'
import { markup, link } from './markup.ts'
import type { ConnectionMorning } from './morning.ts'
import { speedsOf } from './morning.ts'
import { chip, type Column, time, type Tone } from './parts.ts'

const names: Partial<Record<string, string>> = {
  'initialize-categories': 'categories',
  'poll-products': 'poll',
  'load-products': 'full pass',
  deliver: 'delivery',
  media: 'files',
  enrich: 'enrichment',
  'enrich-product': 'one product’s enrichment',
  'recheck-requests': 'look for requested content',
  notify: 'notifications',
}

/** What a person calls a process. */
export const processName = (process: string): string => names[process] ?? process

type ShownRun = ConnectionMorning['shownRuns'][number]

export const runColumns = (now: Date): Column<ShownRun>[] => [
  {
    head: 'Run',
    cell: (run) =>
      markup`${link(run.webUrl, processName(run.process))}${run.process === 'deliver' && markup` <small>${run.mode}</small>`}`,
  },
  { head: 'Began', cell: ({ startedAt }) => time(startedAt, ago(startedAt, now)) },
  {
    head: 'Took',
    figure: true,
    cell: ({ startedAt, finishedAt, holds }) =>
      finishedAt === null && !holds ? null : duration((finishedAt ?? now).getTime() - startedAt.getTime()),
  },
  { head: 'Outcome', cell: outcomeChip },
  { head: 'Counts', cell: countsText },
  {
    head: 'Records/s',
    figure: true,
    cell: (run) => {
      const [speed] = speedsOf([run], now)
      return speed === undefined ? null : rateText(speed.rate)
    },
  },
  { head: 'Temporal actions', figure: true, cell: ({ actions }) => actions },
]

/** To two digits where it is slow: a load that was paused for hours has a speed too. */
export const rateText = (rate: number): string =>
  rate >= 10 ? rate.toFixed(0) : String(Number(rate.toPrecision(2)))

const tones: Partial<Record<string, Tone>> = {
  done: 'good',
  synced: 'good',
  'done with rejections': 'wait',
  'awaiting approval': 'wait',
  'already running': 'plain',
  'load started': 'plain',
  loading: 'plain',
}

function outcomeChip({ outcome, holds }: RunWork) {
  if (outcome !== null) return chip(tones[outcome] ?? 'bad', outcome)
  // A run that was terminated has nobody left to say so.
  return holds ? chip('plain', 'running') : chip('bad', 'ended from outside')
}

/** What a run did, as far as it says: a run that goes on has only what its transfers read. */
export function countsText({ read, changed, report, process }: RunWork): string {
  const said = (name: string) => (typeof report[name] === 'number' ? report[name] : 0)
  return nonZero([
    [read, 'read'],
    [changed, 'changed'],
    [said('listed'), 'listed'],
    [said('absent'), 'missing'],
    [said('retired'), 'retired'],
    [said('written'), 'written'],
    [said('unchanged'), 'unchanged'],
    [said('published'), 'published'],
    [said('delivered'), 'delivered'],
    [said('enriched'), 'enriched'],
    [said('notFound'), 'not at Icecat'],
    [said('kept'), 'values kept'],
    [said('lines'), 'lines written'],
    [said('requested'), 'asked for'],
    [said('checked'), 'asked again'],
    [said('downloaded'), 'downloaded'],
    [said('removed'), 'removed'],
    [said('refused'), 'refused'],
    [process === 'deliver' ? 0 : said('waiting'), 'waiting'],
  ])
}
