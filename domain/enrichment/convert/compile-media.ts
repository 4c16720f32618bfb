import type { IcecatMapping, MediaMapping } from '../mapping/document.ts'
import type { Asset, Sheet } from '../sheet.ts'
import type { TargetAttribute, TargetStructure } from '../target.ts'
import { type CellProblem, problem } from './cell.ts'
import { placesOf } from './places.ts'
import { readAsset } from './source.ts'

export interface MediaCell {
  attribute: string
  locale: string | null
  scope: string | null
  result: { kind: 'asset'; asset: Asset; from: string } | { kind: 'absent' } | CellProblem
}

/** What a file attribute gets for each of its places. */
export function compileMedia(
  attribute: TargetAttribute,
  { addresses, when }: MediaMapping,
  mapping: IcecatMapping,
  structure: TargetStructure,
) {
  const places = placesOf(attribute, mapping, structure)
  return {
    attribute,
    when,
    run: (sheet: Sheet): MediaCell[] =>
      places.map(({ locale, scope, chain }) => {
        for (const address of addresses) {
          const asset = address.base === 'media' ? readAsset(address.name, sheet, chain) : undefined
          if (asset === undefined) continue
          const fault = assetFault(asset, attribute)
          const result = fault ?? { kind: 'asset' as const, asset, from: address.text }
          return { attribute: attribute.code, locale, scope, result }
        }
        return { attribute: attribute.code, locale, scope, result: { kind: 'absent' as const } }
      }),
  }
}

/** Akeneo's rules for a file, as far as its address and Icecat's word tell. */
function assetFault(
  { url, size }: Asset,
  { code, allowed_extensions, max_file_size }: TargetAttribute,
): CellProblem | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? ''
  const allowed = allowed_extensions ?? []
  if (ending !== '' && allowed.length > 0 && !allowed.includes(ending)) {
    return problem('extension', `a file ending in .${ending}, ${code} takes ${allowed.join(', ')}`)
  }
  const most = Number(max_file_size)
  if (size !== null && most > 0 && size > most * 1024 * 1024) {
    return problem('too-large', `${Math.ceil(size / 1024 / 1024)} MB, ${code} takes ${most}`)
  }
  return undefined
}
