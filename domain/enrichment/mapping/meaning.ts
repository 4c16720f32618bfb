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

/** Of a file that was changed and its version not: workers with the one and the other would have every sheet fetched again, each time. */
export const sameVersionText = (file: string, version: number): string =>
  `${file} says version ${version}, as the applied mapping does, and something else: runs go on by the applied one until version is raised (${sameVersionCode})`

/** Of a file that a newer one has been applied after: no run takes it. */
export const olderVersionText = (file: string, version: number, applied: number): string =>
  `${file} says version ${version}, which is older than version ${applied} that was applied: no run goes by it (${olderVersionCode})`

/** Of docs/errors.md. */
const sameVersionCode = 'mapping-version'
const olderVersionCode = 'mapping-older'
