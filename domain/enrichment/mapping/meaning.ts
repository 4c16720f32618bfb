import type { IcecatMapping } from './document.ts'

/** Where something stands in the file, and what the file calls itself, is no part of what it says. */
const placesOnly = new Set(['line', 'lines', 'name', 'version'])

/** The same text for mappings that do the same to every product. */
export const meaningOf = (mapping: IcecatMapping): string =>
  JSON.stringify(mapping, (key, value: unknown) => {
    if (placesOnly.has(key) && typeof value !== 'boolean')
      return key === 'name' && value !== mapping.name ? value : undefined
    return value instanceof Map ? [...value] : value
  })
