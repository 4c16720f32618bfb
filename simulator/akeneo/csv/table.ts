import { parse } from 'csv-parse/sync'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Something in an import file that cannot be loaded; says where, as a spreadsheet shows it. */
export class CatalogFileError extends Error {
  readonly file: string
  readonly line: number | undefined
  readonly column: number | undefined

  constructor(file: string, message: string, line?: number, column?: number, name?: string) {
    const place = [
      line === undefined ? '' : `line ${line}`,
      column === undefined ? '' : `column ${column}${name === undefined ? '' : ` (${name})`}`,
    ].filter(Boolean)
    super(`${basename(file)}${place.length > 0 ? `, ${place.join(', ')}` : ''}: ${message}`)
    this.name = 'CatalogFileError'
    this.file = file
    this.line = line
    this.column = column
  }
}

export interface Row {
  /** Line in the file on which the record begins; quoted text may run over several. */
  line: number
  get(column: string): string
  list(column: string): string[]
  flag(column: string, whenEmpty: boolean): boolean
  fail(column: string, message: string): CatalogFileError
}

export interface Table {
  file: string
  columns: string[]
  rows: Row[]
  /** 1-based position of a column, for messages. */
  fail(line: number, column: string, message: string): CatalogFileError
}

interface ParsedRecord {
  record: string[]
  info: { lines: number }
}

/** Reads a `;`-separated file; undefined when an optional one is absent. */
export function readTable(file: string, required: readonly string[], optional = false): Table | undefined {
  if (!existsSync(file)) {
    if (optional) return undefined
    throw new CatalogFileError(file, 'the file is missing')
  }
  let records: ParsedRecord[]
  let lastLine = 0
  try {
    records = parse(readFileSync(file), {
      delimiter: ';',
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record, context) => {
        lastLine = context.lines
        return record
      },
    }) as unknown as ParsedRecord[]
  } catch (error) {
    const { code, message, lines, column } = error as {
      code?: string
      message: string
      lines?: number
      column?: number
    }
    // The parser knows the end of the file only; the row with the quote begins behind the last whole one.
    if (code === 'CSV_QUOTE_NOT_CLOSED') {
      const at = typeof column === 'number' ? column + 1 : undefined
      throw new CatalogFileError(file, 'a quote is opened and not closed', lastLine + 1, at)
    }
    throw new CatalogFileError(file, message, lines, typeof column === 'number' ? column + 1 : undefined)
  }
  const [header, ...body] = records
  if (header === undefined) throw new CatalogFileError(file, 'the file is empty, a header is expected', 1)

  const columns = header.record.map((name) => name.trim())
  const positions = new Map<string, number>()
  columns.forEach((name, index) => {
    if (name === '') throw new CatalogFileError(file, 'the header has no name here', 1, index + 1)
    if (positions.has(name))
      throw new CatalogFileError(file, 'the header names this column twice', 1, index + 1, name)
    positions.set(name, index)
  })
  for (const name of required) {
    if (!positions.has(name)) throw new CatalogFileError(file, `the header lacks the column "${name}"`, 1)
  }

  const fail = (line: number, column: string, message: string) => {
    const position = positions.get(column)
    return new CatalogFileError(
      file,
      message,
      line,
      position === undefined ? undefined : position + 1,
      column,
    )
  }
  let endOfPrevious = header.info.lines
  const rows = body.map(({ record, info }): Row => {
    const line = endOfPrevious + 1
    endOfPrevious = info.lines
    // Cells that are missing at the end are empty, as they are to Akeneo's importers.
    if (record.length > columns.length) {
      throw new CatalogFileError(
        file,
        `${columns.length} columns are expected, as in the header, and ${record.length} found`,
        line,
        columns.length + 1,
      )
    }
    const get = (column: string) => {
      const position = positions.get(column)
      return position === undefined ? '' : (record[position] ?? '')
    }
    return {
      line,
      get,
      list: (column) =>
        get(column)
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== ''),
      flag(column, whenEmpty) {
        const cell = get(column).trim()
        if (cell === '') return whenEmpty
        if (cell === '1' || cell === 'true') return true
        if (cell === '0' || cell === 'false') return false
        throw fail(line, column, `0 or 1 is expected, "${cell}" found`)
      },
      fail: (column, message) => fail(line, column, message),
    }
  })
  return { file, columns, rows, fail }
}
