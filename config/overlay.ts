import { nameOf } from './lines.ts'

/** The base with what the overlay says differently: maps by key, lists of named things by name, anything else replaced. */
export function overlay(base: unknown, over: unknown): unknown {
  if (over === undefined) return base
  if (isMap(base) && isMap(over)) {
    const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])]
    return Object.fromEntries(keys.map((key) => [key, overlay(base[key], over[key])]))
  }
  if (isNamedList(base) && isNamedList(over)) {
    const changed = new Map(over.map((item) => [nameOf(item), item]))
    const known = new Set(base.map(nameOf))
    return [
      ...base.map((item) => overlay(item, changed.get(nameOf(item)))),
      ...over.filter((item) => !known.has(nameOf(item))),
    ]
  }
  return over
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNamedList = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => nameOf(item) !== undefined)
