import { markup, type Markup } from './markup.ts'
import { evenTimes, niceEnd, short, timeLabel } from './scale.ts'

/**
 * Two small charts as SVG. By hand: what charting libraries add (scales of every kind, interaction, a document to draw into) would
 * be more code in the project than all of this, and none of it would be on the page, where nothing runs.
 */

interface Frame {
  from: Date
  to: Date
  /** What the picture shows, in a sentence for those who do not see it. */
  title: string
  /** Of the y axis. */
  unit: string
}

export interface Bar {
  from: Date
  /** The whole bar, and the part of it that stands out. */
  total: number
  part: number
  label: string
}

export interface Point {
  at: Date
  value: number
  label: string
}

const width = 520
const height = 190
const plot = { left: 52, right: 12, top: 22, bottom: 26 }
const inner = { width: width - plot.left - plot.right, height: height - plot.top - plot.bottom }

/** A bar for each stretch of time, `stretchMs` wide. */
export function barChart(frame: Frame, bars: Bar[], stretchMs: number): Markup {
  const end = niceEnd(Math.max(0, ...bars.map(({ total }) => total)))
  const x = timeScale(frame)
  const drawn = bars.map(({ from, total, part, label }) => {
    const left = Math.max(plot.left, x(from))
    const right = Math.min(width - plot.right, x(new Date(from.getTime() + stretchMs)))
    const bar = (kind: string, value: number) =>
      markup`<rect class="${kind}" x="${px(left + 0.5)}" y="${px(y(value, end))}" width="${px(Math.max(1, right - left - 1))}" height="${px(y(0, end) - y(value, end))}"/>`
    return markup`<g>${tip(label)}${bar('bar', total)}${part > 0 && bar('bar part', part)}</g>`
  })
  return picture(frame, end, drawn)
}

/** A stem for each event, as high as its value. */
export function stemChart(frame: Frame, points: Point[]): Markup {
  const end = niceEnd(Math.max(0, ...points.map(({ value }) => value)))
  const x = timeScale(frame)
  const drawn = points.map(({ at, value, label }) => {
    const [cx, cy] = [px(Math.min(Math.max(x(at), plot.left), width - plot.right)), px(y(value, end))]
    return markup`<g>${tip(label)}<line class="stem" x1="${cx}" x2="${cx}" y1="${px(y(0, end))}" y2="${cy}"/><circle class="dot" cx="${cx}" cy="${cy}" r="4"/></g>`
  })
  return picture(frame, end, drawn)
}

function picture(frame: Frame, end: number, drawn: Markup[]): Markup {
  const { title, unit } = frame
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
    <text class="unit" x="${plot.left}" y="12">${unit}</text>
    ${[0, end / 2, end].map((value) => horizontal(value, end))} ${verticals(frame)} ${drawn}
  </svg>`
}

const horizontal = (value: number, end: number): Markup =>
  markup`<line
      class="grid"
      x1="${plot.left}"
      x2="${width - plot.right}"
      y1="${px(y(value, end))}"
      y2="${px(y(value, end))}"
    /><text class="tick" x="${plot.left - 6}" y="${px(y(value, end) + 4)}"
      >${short(value)}</text
    >`

function verticals({ from, to }: Frame): Markup[] {
  const x = timeScale({ from, to })
  return evenTimes(from, to, 7).map((time) => {
    const at = px(Math.min(Math.max(x(time.at), plot.left + 14), width - plot.right - 16))
    return markup`<text class="tick" x="${at}" y="${height - 8}">${timeLabel(time)}</text>`
  })
}

const tip = (label: string): Markup => markup`<title>${label}</title>`

const timeScale =
  ({ from, to }: Pick<Frame, 'from' | 'to'>) =>
  (at: Date): number =>
    plot.left + ((at.getTime() - from.getTime()) / Math.max(1, to.getTime() - from.getTime())) * inner.width

const y = (value: number, end: number): number => plot.top + inner.height * (1 - value / end)

/** A tenth of a pixel is more than a screen shows. */
const px = (n: number): string => n.toFixed(1).replace(/\.0$/, '')
