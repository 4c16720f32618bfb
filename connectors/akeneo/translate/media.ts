import type { Media } from '../../../contracts/hub.ts'
import { fileNameOf } from './file-name.ts'
import type { Held } from './held.ts'
import { isMediaType, readCodes, readText } from './kinds.ts'
import type { Findings } from './problem.ts'
import { firstLocale } from './output.ts'
import { assetFiles } from './records.ts'
import type { RecordView } from './record-view.ts'
import type { AddressReader } from './rules/read-address.ts'

/**
 * Images and files in the order of the mapping's lines. Each attribute is carried by the first line that finds something in it, so a
 * family's image that is `main` does not come again as `gallery`. Size, hash and type are known once fetched.
 */
export function mediaOf(view: RecordView): Media[] {
  const { findings, output } = view.reading
  const used = new Set<string>()
  const media: Media[] = []
  for (const { role, readers, holds } of output.rules.media) {
    if (!holds(view, firstLocale(output))) continue
    for (const reader of readers) {
      const found = filesAt(reader, view, used, findings)
      if (found.length === 0) continue
      for (const file of found) media.push({ role, fileName: fileNameOf(file.code), ...file })
      break
    }
  }
  return media
}

type FoundFile = Pick<Media, 'code' | 'asset'>

function filesAt(
  reader: AddressReader,
  view: RecordView,
  used: Set<string>,
  findings: Findings,
): FoundFile[] {
  const { address } = reader
  if (address.base === 'attribute' && (address.channel !== null || address.locale !== null)) {
    const cell = reader.read(view, firstLocale(view.reading.output))
    if (cell?.type === 'assets' && reader.attribute)
      return assetFiles(reader.attribute, cell.value, view.reading)
    return cell?.type === 'file' ? [{ code: cell.value }] : []
  }
  const code = address.base === 'image' ? view.family?.attribute_as_image : reader.attribute?.code
  const attribute = code == null ? undefined : view.reading.structure.attributes.get(code)
  const held = attribute && showsFiles(attribute.type) ? view.held.get(attribute.code) : undefined
  if (!held || used.has(held.attribute.code)) return []
  const files = isMediaType(held.attribute.type)
    ? mediaCodes(held, findings).map((code) => ({ code }))
    : assetFiles(held.attribute, assetCodes(held, findings), view.reading)
  if (files.length > 0) used.add(held.attribute.code)
  return files
}

const showsFiles = (type: string) => isMediaType(type) || type === 'pim_catalog_asset_collection'

function assetCodes({ attribute, entries }: Held, findings: Findings): string[] {
  const codes = new Set<string>()
  for (const { data } of entries) {
    const found = readCodes(data)
    if (found === undefined) findings.unreadable(attribute, 'a list of codes')
    else for (const code of found ?? []) codes.add(code)
  }
  return [...codes]
}

/** Media have no locale: of a localizable attribute each file is carried once, in the order of the output's locales. */
function mediaCodes({ attribute, entries }: Held, findings: Findings): string[] {
  const codes = new Set<string>()
  for (const { data } of entries) {
    const code = readText(data)
    if (code === undefined) findings.unreadable(attribute, 'a media file')
    else if (code !== null) codes.add(code)
  }
  return [...codes]
}
