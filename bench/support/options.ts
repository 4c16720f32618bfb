import { writeFileSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'
import { table } from '../../client/support/format.ts'

/** What every command has beside its own options. */
export interface CommonFlags {
  json?: string
  quick?: boolean
}

export const print = (rows: string[][]): void => void process.stdout.write(`${table(rows)}\n\n`)

export function writeJson(file: string | undefined, value: unknown): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}

export function whole(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('A whole number is expected.')
  return Number(text)
}

export const wholeOrNone = (text: string): number => (text === '0' ? 0 : whole(text))

/** Part of the ceiling that a rate reached, where there is one. */
export const ofCeiling = (ratio: number | null, ceiling: number | null): string =>
  ratio === null ? 'none' : `${(ratio * 100).toFixed(1)} % of ${ceiling ?? 0}`

export const loadRow = (
  { before, after }: { before: number; after: number },
  cores: number,
): [string, string] => ['load average', `${before} before, ${after} after, ${cores} cores`]
