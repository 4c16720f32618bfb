import { styleText } from 'node:util'
import type { Terminal } from './terminal.ts'

/** One JSON value; the database's 64-bit numbers fit none of JSON's, so they are text. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item), 2)

/** Columns side by side, each as wide as its widest cell; blanks at the end of a line are cut. */
export function table(rows: string[][], indent = ''): string {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)),
    [],
  )
  return rows
    .map((row) =>
      `${indent}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
    )
    .join('\n')
}

const units: [name: string, ms: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]

/** `3 min`, `2 h`, `0.4 s`: one number, so that it can be read at a glance. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${Math.max(0, Math.round(ms / 100) / 10)} s`
  const [name, size] = units.find(([, size]) => ms >= size * 2) ?? ['s', 1000]
  return `${Math.floor(ms / size)} ${name}`
}

export const ago = (at: Date, now: Date): string => `${wholeSeconds(now.getTime() - at.getTime())} ago`

export const until = (at: Date, now: Date): string => `in ${wholeSeconds(at.getTime() - now.getTime())}`

/** Between two clocks a tenth of a second means nothing. */
const wholeSeconds = (ms: number): string =>
  ms < 10_000 ? `${Math.max(0, Math.round(ms / 1000))} s` : duration(ms)

/** In UTC, to the second: what Akeneo and the hub speak. */
export const instant = (at: Date): string => at.toISOString().replace('T', ' ').replace(/\..*/, ' UTC')

/** `1 product`, `3 products`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** `240 read, 3 changed`: parts that are 0 are left out. */
export const nonZero = (parts: [n: number, word: string][]): string =>
  parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ')

const sizes: [name: string, bytes: number][] = [
  ['GB', 1024 ** 3],
  ['MB', 1024 ** 2],
  ['kB', 1024],
]

/** `88 kB`, `1.2 GB`. */
export function sizeText(bytes: number): string {
  const [name, size] = sizes.find(([, size]) => bytes >= size) ?? ['bytes', 1]
  const amount = bytes / size
  return `${amount < 10 && size > 1 ? amount.toFixed(1) : Math.round(amount)} ${name}`
}

type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold'

export const paint = ({ colours }: Pick<Terminal, 'colours'>, colour: Colour, text: string): string =>
  colours ? styleText(colour, text) : text
