import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export type Cell = string | number | boolean | null | undefined
export type Line = Readonly<Record<string, Cell>>

const CHUNK = 1 << 16

/** Writes a `;`-separated file row by row, so that a million rows need no memory; returns how many there were. */
export function writeTable(
  folder: string,
  name: string,
  columns: readonly string[],
  lines: Iterable<Line>,
): number {
  const file = openSync(join(folder, name), 'w')
  try {
    let text = `${columns.map(quoted).join(';')}\n`
    let rows = 0
    for (const line of lines) {
      rows++
      text += `${columns.map((column) => quoted(line[column])).join(';')}\n`
      if (text.length >= CHUNK) {
        writeSync(file, text)
        text = ''
      }
    }
    writeSync(file, text)
    return rows
  } finally {
    closeSync(file)
  }
}

/** Flags are 0 and 1 in Akeneo's files; text is quoted where it has to be. */
function quoted(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'boolean') return cell ? '1' : '0'
  const text = String(cell)
  return /[";\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
