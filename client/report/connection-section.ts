import type { DeliverySight } from '../../connectors/hub/sights.ts'
import { addressed } from '../../domain/proposals.ts'
import { deliveryCells } from '../support/delivery-text.ts'
import { waitsFor } from '../support/explanation-text.ts'
import { ago, counted, duration, instant } from '../support/format.ts'
import { shellWord } from '../support/print.ts'
import { type ScheduleSight, sightCells } from '../support/schedule-sights.ts'
import { behindText, recordsText } from '../support/status-text.ts'
import { barChart, stemChart } from './chart.ts'
import type { Controls } from './controls.ts'
import { icecatPart } from './icecat-part.ts'
import { markup, type Markup } from './markup.ts'
import type { ConnectionMorning, Morning } from './morning.ts'
import { command, note, part, section, tableOf, time } from './parts.ts'
import { processName, rateText, runColumns } from './run-rows.ts'

/** All of one connection. What is empty is said in one sentence instead of under a heading of its own. */
export function connectionSection(
  one: ConnectionMorning,
  page: Pick<Morning, 'at' | 'since'>,
  controls: Controls | null,
): Markup {
  const { connection } = one
  const option = `--connection ${connection}`
  return section(
    connection,
    connection,
    markup`<p>${behindText(one, page.at)}</p>`,
    ...inTheHub(one),
    ...part('Waits for your word', approvals(one, page.at, option, controls)),
    ...part('Rejected', rejected(one, page.at, option, controls)),
    ...part('Throughput', throughput(one, page)),
    ...part('Runs', runs(one, page.at)),
    ...part('Deliveries', deliveries(one, page.at)),
    ...part('Icecat', icecatPart(one, option, page.at)),
    ...part('Mappings', controls?.mappings(connection) ?? []),
    ...part('Links that wait', pending(one)),
    ...part('Drift', drift(one, page.at)),
    ...part('Schedules', schedules(one.schedules, page.at)),
    note(nothingTo(one)),
  )
}

/** A worker may be newer than the command that asks. */
const known: Partial<Record<string, string>> = waitsFor

function inTheHub({ outputs, records, waiting }: ConnectionMorning): Markup[] {
  return [
    ...outputs.map(
      ({ output, seq }) =>
        markup`<p>
          ${output}: ${recordsText(records.filter((row) => row.output === output))}; feed at ${seq}
        </p>`,
    ),
    ...waiting.map(
      ({ reason, count }) =>
        markup`<p>
          ${counted(count, 'record')} ${count === 1 ? 'waits' : 'wait'} for ${known[reason] ?? reason}
        </p>`,
    ),
  ]
}

function approvals(
  { approvals: waiting, connection }: ConnectionMorning,
  now: Date,
  option: string,
  controls: Controls | null,
): Markup[] {
  if (waiting.length === 0) return []
  return [
    tableOf(
      'What a guard holds: records that may have left, mappings that would change many',
      [
        { head: 'Number', cell: ({ id }) => id },
        { head: 'What would happen', cell: ({ would }) => would },
        { head: 'Since', cell: ({ createdAt }) => time(createdAt, ago(createdAt, now)) },
        { head: 'Why it waits', cell: ({ reasons }) => reasons.join('; ') },
        {
          head: 'To look, then to decide',
          cell: ({ id }) =>
            markup`${(controls === null ? ['show', 'approve', 'reject'] : ['show']).map((verb) => markup`${command(`pimflow approvals ${verb} ${id} ${option}`)}<br />`)}${controls?.decide(connection, id)}`,
        },
      ],
      waiting,
    ),
  ]
}

function rejected(
  { rejectionGroups, rejections, connection }: ConnectionMorning,
  now: Date,
  option: string,
  controls: Controls | null,
): Markup[] {
  if (rejectionGroups.length === 0) return []
  const more = rejections.length - rejectionGroups.length
  return [
    tableOf(
      'Records that could not be carried, by reason',
      [
        {
          head: 'Reason',
          cell: ({ reason, firstSeen }) =>
            markup`${reason}<br /><small>since ${time(firstSeen, ago(firstSeen, now))}</small>`,
        },
        { head: 'Records', figure: true, cell: ({ count }) => count },
        {
          head: 'Such as',
          cell: ({ examples }) =>
            markup`${examples.map(({ code, key, text }) => markup`<b>${shortened(code ?? key, 60)}</b> ${shortened(text, 160)}<br />`)}`,
        },
        {
          head: 'Remedy, and how to try again',
          cell: ({ remedy, reason }) =>
            markup`${shortened(addressed(remedy, { connection }), 280)}<br />${controls?.retry(connection, reason) ?? command(`pimflow rejections retry --filter ${shellWord(`reason=${reason}`)} ${option}`)}`,
        },
      ],
      rejectionGroups,
    ),
    ...(more > 0
      ? [note(markup`${counted(more, 'further reason')}: ${command(`pimflow rejections ${option}`)}`)]
      : []),
  ]
}

function throughput(
  { volumes, speeds, stretchMs }: ConnectionMorning,
  { at, since }: Pick<Morning, 'at' | 'since'>,
) {
  const total = volumes.reduce((sum, { read }) => sum + read, 0)
  if (total === 0) return []
  const changed = volumes.reduce((sum, one) => sum + one.changed, 0)
  const read = `${total} records read, ${changed} of them changed`
  const bars = volumes.map((one) => ({
    from: one.from,
    total: one.read,
    part: one.changed,
    label: `${instant(one.from)}: ${one.read} read, ${one.changed} changed`,
  }))
  const best = Math.max(0, ...speeds.map(({ rate }) => rate))
  const points = speeds.map(({ process, startedAt, read: records, rate, seconds }) => ({
    at: startedAt,
    value: rate,
    label: `${processName(process)} of ${instant(startedAt)}: ${records} read in ${duration(seconds * 1000)}, ${rateText(rate)} a second`,
  }))
  const unit = `records per ${duration(stretchMs)}`
  return [
    markup`<div class="charts">
      <figure>
        ${barChart({ from: since, to: at, unit, title: `${read}, by time` }, bars, stretchMs)}
        <figcaption>${read}<span class="key">read</span><span class="key changed">changed</span></figcaption>
      </figure>
      ${
        points.length > 0 &&
        markup`<figure>
          ${stemChart({ from: since, to: at, unit: 'records a second', title: `Speed of ${counted(points.length, 'run')}, at best ${rateText(best)} records a second` }, points)}
          <figcaption>
            Speed of runs that read at least a page; the fastest ${rateText(best)} records a second
          </figcaption>
        </figure>`
      }
    </div>`,
  ]
}

function runs({ shownRuns, quietRuns, furtherRuns }: ConnectionMorning, now: Date): Markup[] {
  const rest = [
    ...(furtherRuns > 0 ? [`${counted(furtherRuns, 'further run')} that did something`] : []),
    ...(quietRuns > 0 ? [`${counted(quietRuns, 'run')} that found nothing to do`] : []),
  ]
  return [
    ...(shownRuns.length > 0
      ? [tableOf('The latest runs that did something', runColumns(now), shownRuns)]
      : []),
    ...(rest.length > 0 ? [note(`And ${rest.join(', and ')}.`)] : []),
  ]
}

function deliveries({ deliveries: known, destinations }: ConnectionMorning, now: Date): Markup[] {
  const unused = destinations.filter((name) => !known.some(({ destination }) => destination === name))
  const rows = known.filter(({ destination }) => destinations.includes(destination))
  const cell = (index: number) => (sight: DeliverySight) => deliveryCells(sight, now)[index] ?? null
  return [
    ...(rows.length === 0
      ? []
      : [
          tableOf(
            'How far each destination is in its feed',
            [
              {
                head: 'Destination',
                cell: ({ destination, output }) => markup`${destination} <small>${output}</small>`,
              },
              { head: 'Feed', cell: cell(1) },
              { head: 'Last answer', cell: cell(2) },
              { head: 'Not taken', cell: (sight) => shortened(cell(3)(sight) ?? '', 240) },
            ],
            rows,
          ),
        ]),
    ...unused.map((name) => note(`Nothing was delivered to ${name} yet.`)),
  ]
}

function pending({ pending: groups }: ConnectionMorning): Markup[] {
  if (groups.length === 0) return []
  return [
    tableOf(
      'What records name and the hub does not have; linked by itself once it is there',
      [
        { head: 'Field', cell: ({ field, output }) => markup`${field} <small>${output}</small>` },
        { head: 'Links', figure: true, cell: ({ count }) => count },
        { head: 'Why', cell: ({ why }) => why },
        {
          head: 'Such as',
          cell: ({ code, target }) =>
            markup`${shortened(code ?? 'a record without code', 60)} names <b>${shortened(target, 60)}</b>`,
        },
      ],
      groups,
    ),
  ]
}

function drift({ drift: found }: ConnectionMorning, now: Date): Markup[] {
  const sum = found.reduce((total, one) => total + one.changed + one.unknown + one.missing, 0)
  if (sum === 0) return []
  return [
    tableOf(
      'What reconciles found that no poll had brought; the goal is 0',
      [
        { head: 'Reconcile', cell: ({ finishedAt }) => time(finishedAt, ago(finishedAt, now)) },
        {
          head: 'Changed unseen',
          figure: true,
          cell: ({ changed, mode }) => (mode === 'content' ? changed : 'not looked at'),
        },
        { head: 'Never read', figure: true, cell: ({ unknown }) => unknown },
        { head: 'Left unseen', figure: true, cell: ({ missing }) => missing },
      ],
      found,
    ),
  ]
}

function schedules(sights: ScheduleSight[] | null, now: Date): Markup[] {
  if (sights === null) return []
  const rows = sights.map((sight) => sightCells(sight, now))
  const heads = ['Schedule', 'Starts', 'Next', 'Last', 'State']
  return [
    tableOf(
      'What starts by itself',
      heads.map((head, index) => ({ head, cell: (row: string[]) => row[index] ?? '' })),
      rows,
    ),
  ]
}

/** `Nothing is rejected, no link waits.`: what a person would look for and there is none of. */
function nothingTo(one: ConnectionMorning): string {
  const none = [
    ...(one.rejectionGroups.length === 0 ? ['nothing is rejected'] : []),
    ...(one.approvals.length === 0 ? ['nothing waits for your word'] : []),
    ...(one.pending.length === 0 ? ['no link waits'] : []),
    ...(one.waiting.length === 0 ? ['no record waits'] : []),
    ...(one.drift.length === 0
      ? ['no reconcile has looked for drift']
      : one.drift.every(({ changed, unknown, missing }) => changed + unknown + missing === 0)
        ? ['no drift was found']
        : []),
    ...(one.destinations.length === 0 ? ['no destination is configured'] : []),
  ]
  const text = none.join(', ')
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** What others wrote can be of any length; the page is for reading. */
const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`
