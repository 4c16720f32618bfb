import type { Labels } from '../catalog/records.ts'
import type { Row, Table } from './table.ts'

export function labelsOf(table: Table, row: Row, prefix = 'label-'): Labels {
  const labels: Record<string, string> = {}
  for (const column of table.columns) {
    if (!column.startsWith(prefix)) continue
    const label = row.get(column)
    if (label !== '') labels[column.slice(prefix.length)] = label
  }
  return labels
}

/** A number without decimals; absent where the cell is empty. */
export function wholeOf(row: Row, column: string): number | null {
  const cell = row.get(column).trim()
  if (cell === '') return null
  if (!/^\d+$/.test(cell)) throw row.fail(column, `a whole number is expected, "${cell}" found`)
  return Number(cell)
}

export function codeOf(row: Row): string {
  const found = row.get('code').trim()
  if (found === '') throw row.fail('code', 'a code is expected')
  return found
}
