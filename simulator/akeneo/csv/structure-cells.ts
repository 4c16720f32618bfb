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

export function codeOf(row: Row): string {
  const found = row.get('code').trim()
  if (found === '') throw row.fail('code', 'a code is expected')
  return found
}
