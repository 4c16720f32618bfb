import jsonata from 'jsonata'
import { toDecimal } from '../../../../domain/decimal.ts'
import { kindOf } from '../kinds.ts'
import type { RecordView } from '../record-view.ts'
import type { Structure } from '../structure.ts'
import { type Cell, cellOf } from './cell.ts'

/** Results by target, then locale; text where it failed. */
export type ExpressionResults = ReadonlyMap<string, ReadonlyMap<string, Cell | { failed: string } | null>>

/** Milliseconds that one expression may take for one locale; it needs about 0.01. */
const timeLimitMs = 250

/** What would give another result tomorrow, or run text as code. */
const forbidden = /\$(?:now|millis|random|shuffle|eval)\b/

export interface CompiledExpression {
  /** Attributes that it names. */
  codes: string[]
  /** One of them differs by locale, or it asks for the locale or the label. */
  byLocale: boolean
  run: (view: RecordView, locale: string) => Promise<Cell | { failed: string } | null>
}

/** A sentence when it cannot be used. */
export function compileExpression(text: string, structure: Structure): CompiledExpression | string {
  const unfit = forbidden.exec(text)
  if (unfit) return `${unfit[0]} is not allowed: the same product must give the same record at any time`
  let expression: jsonata.Expression
  try {
    // `stack` and `sequence` bound what a recursion and a range may grow to.
    expression = jsonata(text, { timeout: timeLimitMs, stack: 200, sequence: 10_000 })
  } catch (error) {
    return `is no JSONata: ${messageOf(error)}`
  }
  const words = new Set(text.match(/[A-Za-z0-9_]+/g) ?? [])
  const attributes = [...structure.attributes.values()].filter(({ code }) => words.has(code))
  const codes = attributes.map(({ code }) => code)
  return {
    codes,
    byLocale: attributes.some(({ localizable }) => localizable) || /\$(?:locale|label)\b/.test(text),
    run: async (view, locale) => {
      try {
        const result: unknown = await expression.evaluate(
          inputOf(view, codes, locale),
          bindingsOf(view, locale),
        )
        return resultOf(result)
      } catch (error) {
        return { failed: messageOf(error) }
      }
    },
  }
}

/** Attributes by code, as JSON knows them. JSONata counts in floats, so numbers arrive as such. */
function inputOf(view: RecordView, codes: readonly string[], locale: string): Record<string, unknown> {
  const found: [string, unknown][] = []
  for (const code of codes) {
    const held = view.held.get(code)
    const kind = held && kindOf(held.attribute.type)
    if (!kind) continue
    const entry = held.attribute.localizable
      ? held.entries.find((candidate) => candidate.locale === locale)
      : held.entries[0]
    const value = kind.one(entry?.data, view.reading.output.currencies)
    const cell = value ? cellOf(value) : null
    if (cell) found.push([code, plainOf(cell)])
  }
  return Object.fromEntries(found)
}

function plainOf(cell: Cell): unknown {
  if (cell.type === 'number') return Number(cell.value)
  if (cell.type === 'measure') return { amount: Number(cell.value.amount), unit: cell.value.unit }
  if (cell.type === 'prices') {
    return Object.fromEntries(
      Object.entries(cell.value).map(([currency, amount]) => [currency, Number(amount)]),
    )
  }
  // A table is the stored document itself, which nobody may write into.
  return structuredClone(cell.value)
}

function bindingsOf({ family, identifier, enabled, held }: RecordView, locale: string) {
  const label = family?.attribute_as_label
  const item = label == null ? undefined : held.get(label)
  const entry = item?.attribute.localizable
    ? item.entries.find((candidate) => candidate.locale === locale)
    : item?.entries[0]
  return {
    locale,
    identifier,
    enabled,
    family: family?.code,
    label: typeof entry?.data === 'string' ? entry.data : undefined,
  }
}

function resultOf(result: unknown): Cell | { failed: string } | null {
  if (result === undefined || result === null || result === '') return null
  if (typeof result === 'string') return { type: 'text', value: result }
  if (typeof result === 'boolean') return { type: 'boolean', value: result }
  if (typeof result === 'number') {
    const value = toDecimal(result)
    return value === undefined ? { failed: `gave ${result}, which is no number` } : { type: 'number', value }
  }
  if (Array.isArray(result) && result.every((item) => typeof item === 'string')) {
    return result.length === 0 ? null : { type: 'list', value: [...result] }
  }
  return { failed: 'gave neither a text, a number, true or false, nor a list of texts' }
}

/** JSONata throws objects with a message, not always errors. */
function messageOf(error: unknown): string {
  const { message } = error as { message?: unknown }
  return typeof message === 'string' ? message : 'it failed without saying why'
}
