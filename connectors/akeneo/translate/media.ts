import type { Media } from '../../../contracts/hub.ts'
import { byCode } from '../../../domain/text.ts'
import { take, type Held, type HeldValues } from './held.ts'
import { isMediaType, readText } from './kinds.ts'
import type { Findings } from './problem.ts'
import type { Reading } from './reading.ts'

/**
 * Takes all images and files: first the family's image as `main`, then further images as `gallery`, then files as `manual`, each
 * by attribute code, so that the order does not hang on how a store sorts keys. Size, hash and type are known once fetched.
 */
export function takeMedia(
  held: HeldValues,
  imageAttribute: string | null | undefined,
  { structure, findings }: Reading,
): Media[] {
  const main =
    imageAttribute === null || imageAttribute === undefined
      ? undefined
      : structure.attributes.get(imageAttribute)
  const taken = [...held.values()]
    .filter(({ attribute }) => isMediaType(attribute.type))
    .map((item) => ({ item, role: roleOf(item, main?.code) }))
    .sort(
      (a, b) =>
        roles.indexOf(a.role) - roles.indexOf(b.role) || byCode(a.item.attribute.code, b.item.attribute.code),
    )
  return taken.flatMap(({ item, role }) => {
    take(held, item.attribute.code)
    return mediaCodes(item, findings).map((code) => ({ role, code, fileName: fileNameOf(code) }))
  })
}

const roles = ['main', 'gallery', 'manual'] as const

function roleOf({ attribute }: Held, main: string | undefined): (typeof roles)[number] {
  if (attribute.code === main) return 'main'
  return attribute.type === 'pim_catalog_image' ? 'gallery' : 'manual'
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

/** Akeneo's media code is `4/1/a/b/<40 hex digits>_<file name>`. */
function fileNameOf(code: string): string {
  const last = code.slice(code.lastIndexOf('/') + 1)
  return last.replace(/^[0-9a-f]+_(?=.)/, '')
}
