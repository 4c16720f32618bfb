import { hash } from 'node:crypto'
import type { IcecatMapping } from './document.ts'

/** Where something stands in the file is no part of what it says. */
const placesOnly = new Set(['line', 'lines'])

/** The same text for parts of mappings that do the same to every product. */
export const meaningOf = (part: unknown): string =>
  JSON.stringify(part, (key, value: unknown) => {
    if (placesOnly.has(key) && typeof value !== 'boolean') return undefined
    return value instanceof Map ? [...value] : value
  })

/** Of what a mapping means; what the file calls itself is no part of it. */
export const mappingHash = ({ name: _name, version: _version, ...mapping }: IcecatMapping): string =>
  hash('sha256', meaningOf(mapping), 'hex')
