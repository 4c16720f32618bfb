import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Cell = string | number | undefined
export type CsvRecord = Record<string, Cell>

export const here = import.meta.dirname

export function write(file: string, columns: string[], records: CsvRecord[]): void {
  const quote = (cell: Cell) => {
    const text = cell === undefined ? '' : String(cell)
    return /[;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = [columns, ...records.map((record) => columns.map((column) => record[column]))]
  writeFileSync(join(here, file), lines.map((line) => line.map(quote).join(';')).join('\n') + '\n')
}

export function table(file: string, header: string, rows: string[]): void {
  writeFileSync(join(here, file), [header, ...rows].join('\n') + '\n')
}

export const columnsOf = (first: string[], records: CsvRecord[]) => [
  ...first,
  ...[...new Set(records.flatMap((record) => Object.keys(record)))].filter((name) => !first.includes(name)).sort(),
]
