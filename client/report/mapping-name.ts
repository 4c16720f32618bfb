import type { MappingKey } from '../support/mapping-desk.ts'

/** How addresses, forms and headings name a mapping. */

export const mappingOf = ({ output }: MappingKey): string => (output === null ? 'icecat' : `output/${output}`)

export const mappingHref = (name: MappingKey): string =>
  `/mapping?connection=${encodeURIComponent(name.connection)}&of=${encodeURIComponent(mappingOf(name))}`

export const mappingTitle = ({ connection, output }: MappingKey): string =>
  output === null
    ? `From Icecat into ${connection}`
    : `${connection} to ${output === '' ? 'the hub, by the defaults' : output}`
