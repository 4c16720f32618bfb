import type { Catalog } from '../catalog/catalog.ts'
import { unprocessable } from '../errors.ts'
import { isStringArray, type Json } from '../json.ts'
import {
  arrayExpected,
  arrayOfStringsExpected,
  stringExpected,
  validArrayStructureExpected,
} from '../messages.ts'
import type { SearchDocument } from './search-index.ts'

export type Predicate = (document: SearchDocument) => boolean

export interface SearchContext {
  catalog: Catalog
  timezone: string
  nowMs: number
  /** Akeneo's cloud searches by more than releases do. */
  cloud: boolean
}

export function unsupported(property: string, operator: string) {
  return unprocessable(
    `Filter on property "${property}" is not supported or does not support operator "${operator}"`,
  )
}

export function isNumeric(value: Json): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'string' && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(value)
}

/** A list of codes, as Akeneo's checkArray and checkIdentifier take it: numbers count as codes. */
export function codes(property: string, value: Json): string[] {
  if (typeof value !== 'object' || value === null) throw unprocessable(arrayExpected(property, value))
  return Object.values(value).map((code) => {
    if (typeof code !== 'string' && typeof code !== 'number') {
      throw unprocessable(stringExpected(property, code))
    }
    return String(code)
  })
}

/** The two ends of a span of dates, not looked at yet. */
export function datesBetween(property: string, value: Json, format: string): Json[] {
  if (typeof value !== 'object' || value === null) throw unprocessable(arrayExpected(property, value))
  const ends = Object.values(value)
  if (ends.length === 2) return ends
  const because = `should contain 2 strings with the format "${format}"`
  throw unprocessable(validArrayStructureExpected(property, because))
}

export function strings(property: string, value: Json): string[] {
  if (typeof value !== 'object' || value === null) throw unprocessable(arrayExpected(property, value))
  const list = Object.values(value)
  if (!isStringArray(list)) throw unprocessable(arrayOfStringsExpected(property))
  return list
}
