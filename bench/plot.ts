import { readFileSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'

/** What a plot takes of the JSON that `bench read` writes. */
export interface PlottedLoad {
  products: number
  latencyMs: number
  productsPerSecond: number
  ceilingPerSecond: number | null
  peers: { name: string; products: number; productsPerSecond: number }[]
}

type Axis = 'products' | 'latencyMs'

/** The command `bench plot`. */
export const plotCommand = (): Command =>
  new Command('plot')
    .description('draws loads that were measured: products a second against size, or against latency')
    .argument('<files...>', 'JSON files of `bench read`')
    .requiredOption('--out <file>', 'the SVG')
    .option('--against <what>', 'size or latency', 'size')
    .action((files: string[], { out, against }: { out: string; against: string }) => {
      const loads = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as PlottedLoad)
      writeFileSync(out, plot(loads, against === 'latency' ? 'latencyMs' : 'products'))
    })

const width = 640
const height = 320
const margin = { left: 64, right: 190, top: 24, bottom: 48 }
const colours = ['#2563eb', '#94a3b8', '#d97706', '#059669', '#9333ea']

interface Series {
  name: string
  points: { x: number; y: number }[]
  isDashed: boolean
}

/** Powers of ten around these numbers; at least one step, so that a single measure has a place. */
function decades(lowest: number, highest: number): [from: number, to: number] {
  const slack = 1e-9
  const from = Math.floor(Math.log10(lowest) + slack)
  return [from, Math.max(from + 1, Math.ceil(Math.log10(highest) - slack))]
}

/** Products a second of pimflow, of Akeneo's ceiling and of peers; size and latency in steps of ten. */
export function plot(loads: readonly PlottedLoad[], axis: Axis): string {
  const series = seriesOf(loads, axis)
  const all = series.flatMap(({ points }) => points)
  const [lowest, highest] = [Math.min(...all.map(({ x }) => x)), Math.max(...all.map(({ x }) => x))]
  const [fromX, toX] = decades(lowest, highest)
  const most = roundUp(Math.max(...all.map(({ y }) => y)))
  const xAt = (x: number) =>
    margin.left + ((Math.log10(x) - fromX) / (toX - fromX)) * (width - margin.left - margin.right)
  const yAt = (y: number) => height - margin.bottom - (y / most) * (height - margin.top - margin.bottom)
  const ticksX = Array.from({ length: toX - fromX + 1 }, (_, n) => 10 ** (fromX + n))
  const ticksY = [0, most / 4, most / 2, (most * 3) / 4, most]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    '<style>.t { fill: #0f172a } .g { stroke: #cbd5e1; stroke-width: 1 } @media (prefers-color-scheme: dark) { .t { fill: #f1f5f9 } .g { stroke: #475569 } }</style>',
    `<title>Products a second against ${labels[axis]}</title>`,
    ...ticksY.flatMap((y) => [
      `<line class="g" x1="${margin.left}" x2="${width - margin.right}" y1="${at(yAt(y))}" y2="${at(yAt(y))}"/>`,
      `<text class="t" x="${margin.left - 8}" y="${at(yAt(y) + 4)}" text-anchor="end">${y.toLocaleString('en-US')}</text>`,
    ]),
    ...ticksX.map(
      (x) =>
        `<text class="t" x="${at(xAt(x))}" y="${height - margin.bottom + 18}" text-anchor="middle">${x.toLocaleString('en-US')}</text>`,
    ),
    `<text class="t" x="${margin.left}" y="14">products a second</text>`,
    `<text class="t" x="${(margin.left + width - margin.right) / 2}" y="${height - 8}" text-anchor="middle">${labels[axis]}</text>`,
    ...series.flatMap(({ name, points, isDashed }, n) => {
      const colour = colours[n % colours.length] ?? '#000'
      const path = points.map(({ x, y }) => `${at(xAt(x))},${at(yAt(y))}`)
      const top = margin.top + 8 + n * 20
      return [
        `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"${isDashed ? ' stroke-dasharray="5 4"' : ''}/>`,
        ...path.map((point) => {
          const [x, y] = point.split(',')
          return `<circle cx="${x ?? ''}" cy="${y ?? ''}" r="3.5" fill="${colour}"/>`
        }),
        `<rect x="${width - margin.right + 16}" y="${top - 9}" width="12" height="12" fill="${colour}"/>`,
        `<text class="t" x="${width - margin.right + 34}" y="${top + 2}">${name}</text>`,
      ]
    }),
    '</svg>',
    '',
  ].join('\n')
}

const labels: Record<Axis, string> = {
  products: 'products in the catalogue',
  latencyMs: 'milliseconds a page takes in Akeneo',
}

function seriesOf(loads: readonly PlottedLoad[], axis: Axis): Series[] {
  if (loads.length === 0) throw new Error('There is nothing to draw: name JSON files of `bench read`')
  const sorted = loads.toSorted((a, b) => a[axis] - b[axis])
  const peers = [...new Set(sorted.flatMap((load) => load.peers.map(({ name }) => name)))]
  return [
    {
      name: 'pimflow',
      points: sorted.map((load) => ({ x: load[axis], y: load.productsPerSecond })),
      isDashed: false,
    },
    {
      name: 'Akeneo’s ceiling',
      points: sorted.flatMap((load) =>
        load.ceilingPerSecond === null ? [] : [{ x: load[axis], y: load.ceilingPerSecond }],
      ),
      isDashed: true,
    },
    ...peers.map((name) => ({
      name,
      points: sorted.flatMap((load) =>
        load.peers
          .filter((peer) => peer.name === name)
          // Peers read fewer products than we do; their latency is the same.
          .map((peer) => ({
            x: axis === 'products' ? peer.products : load.latencyMs,
            y: peer.productsPerSecond,
          })),
      ),
      isDashed: false,
    })),
  ].filter(({ points }) => points.length > 0)
}

const at = (n: number): string => String(Math.round(n * 10) / 10)

/** 1, 2 or 5 times a power of ten, not less than `n`. */
function roundUp(n: number): number {
  const power = 10 ** Math.floor(Math.log10(n))
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= n) ?? n
}
