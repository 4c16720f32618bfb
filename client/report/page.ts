import { type Advice, adviceFor, isLate } from '../support/advice.ts'
import { counted, duration, instant, ago } from '../support/format.ts'
import { connectionSection } from './connection-section.ts'
import type { Controls } from './controls.ts'
import { mappingSections, type ReportedMapping } from './mapping-report.ts'
import { markup, Markup } from './markup.ts'
import type { ConnectionMorning, Morning } from './morning.ts'
import { chip, command, section, tableOf, time } from './parts.ts'
import { processName } from './run-rows.ts'
import { style } from './style.ts'

/** The morning page: one file that needs nothing else, runs nothing, and says at the top what a person should do. */
export function morningPage(morning: Morning, mappings: readonly ReportedMapping[] = []): string {
  return documentOf(
    `pimflow, ${instant(morning.at)}`,
    markup`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
      <meta name="referrer" content="no-referrer" />`,
    morningBody(morning, null, mappings),
  )
}

export const documentOf = (title: string, head: Markup | null, body: Markup): string =>
  markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        ${head}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text

/** `controls`: what a live page lets a person do; null: nothing, the commands say how. */
export function morningBody(
  morning: Morning,
  controls: Controls | null,
  mappings: readonly ReportedMapping[] = [],
): Markup {
  const { at, since, connections } = morning
  return markup`
        <header>
          <h1>pimflow, the morning page</h1>
          <p class="lead">
            ${time(at, instant(at))}, and the ${duration(at.getTime() - since.getTime())} before
          </p>
        </header>
        <main>
          ${controls?.top}
          ${section('todo', 'What needs you', todo(morning))}
          ${connections.length > 0 && section('connections', 'Connections', overview(connections, at))}
          ${connections.map((one) => connectionSection(one, morning, controls))}
          ${mappingSections(mappings)}
        </main>
        <footer>
          <p>
            Written by pimflow from the hub’s database and Temporal at ${morning.temporal.address}. The same
            on the command line: ${command('pimflow status')}
          </p>
        </footer>`
}

function todo({ temporal, connections, at }: Morning): Markup {
  const general: Advice[] = [
    ...(temporal.problem === null ? [] : [{ text: temporal.problem, commands: [] }]),
    ...(temporal.worker === false ? [{ text: 'No worker takes work', commands: ['pimflow worker'] }] : []),
  ]
  const lines = [
    ...general.map((advice) => markup`<li>${chip('bad', 'all connections')} ${advised(advice)}</li>`),
    ...connections.flatMap((one) =>
      adviceFor(one, at).map(
        (advice) => markup`<li><a href="#${one.connection}">${one.connection}</a> ${advised(advice)}</li>`,
      ),
    ),
  ]
  return lines.length === 0
    ? markup`<p>${chip('good', 'Nothing')} All goes by itself.</p>`
    : markup`<ul class="todo">
        ${lines}
      </ul>`
}

const advised = ({ text, commands }: Advice): Markup =>
  markup`${text}${commands.length > 0 && markup`<br />${commands.map((line) => command(line))}`}`

function overview(connections: ConnectionMorning[], now: Date): Markup {
  const sum = (counts: { count: number }[]) => counts.reduce((total, { count }) => total + count, 0)
  return tableOf(
    'How each connection stands',
    [
      { head: 'Connection', cell: ({ connection }) => markup`<a href="#${connection}">${connection}</a>` },
      { head: 'Behind', cell: (one) => behindChip(one, now) },
      {
        head: 'Last run',
        cell: ({ runs: [last] }) =>
          last === undefined
            ? 'none yet'
            : markup`${processName(last.process)}, ${last.outcome ?? 'running'},
              ${time(last.startedAt, ago(last.finishedAt ?? last.startedAt, now))}`,
      },
      { head: 'Rejected', figure: true, cell: ({ rejections }) => sum(rejections) },
      { head: 'Waiting', figure: true, cell: ({ waiting }) => sum(waiting) },
      { head: 'To decide', figure: true, cell: ({ approvals }) => approvals.length },
      {
        head: 'Refused by destinations',
        figure: true,
        cell: ({ deliveries }) => deliveries.reduce((total, { refused }) => total + refused, 0),
      },
    ],
    connections,
  )
}

function behindChip(one: ConnectionMorning, now: Date): Markup {
  if (one.watermark === null) return chip('wait', 'not loaded yet')
  const behind = duration(now.getTime() - one.watermark.getTime())
  if (one.load === 'running') return chip('plain', `loading, ${behind}`)
  return isLate(one, now) ? chip('bad', `${behind}, late`) : chip('good', behind)
}

/** One line for who wrote the page. */
export function morningSummary({ connections, at }: Morning): string {
  const advice = connections.flatMap((one) => adviceFor(one, at))
  return `${counted(connections.length, 'connection')}, ${advice.length === 0 ? 'nothing needs you' : `${counted(advice.length, 'thing')} to look at`}`
}
