import type { Media } from '../../../contracts/hub.ts'
import { type AkeneoCategory, AkeneoCategoryImage } from '../schema.ts'
import { fileNameOf } from './file-name.ts'
import type { OutputSettings } from './output.ts'
import type { Findings } from './problem.ts'

interface ImageEntry {
  attribute: string
  channel: string | null
  locale: string | null
  file: { code: string; fileName: string }
}

/**
 * Images among the values of an enriched category, by attribute, whose code is their role: no mapping speaks of categories. As with
 * products a scopable one counts in the output's channel only, and of a localizable one each file is carried once, in the order of the
 * output's locales.
 */
export function categoryMedia(
  { values }: AkeneoCategory,
  output: OutputSettings,
  findings: Findings,
): Media[] {
  const entries = Object.values(values ?? {})
    .flatMap((value) => imageIn(value, findings))
    .filter(({ channel }) => channel === null || channel === output.channel)
  // Akeneo says nothing of an order, and the store keeps none.
  const attributes = [...new Set(entries.map(({ attribute }) => attribute))].sort()
  return attributes.flatMap((attribute) => {
    const own = entries.filter((entry) => entry.attribute === attribute)
    const files = new Map<string, ImageEntry['file']>()
    for (const chain of output.chains.values()) {
      for (const locale of [null, ...chain]) {
        const found = own.find((entry) => entry.locale === locale)
        if (!found) continue
        files.set(found.file.code, found.file)
        break
      }
    }
    return [...files.values()].map((file) => ({ role: attribute, ...file }))
  })
}

/** None where the value is a text, or an image that was emptied. Builds that do not say the type show images alone as objects. */
function imageIn(value: unknown, findings: Findings): ImageEntry[] {
  const { type = 'image', data, attribute_code: name } = (value ?? {}) as Record<string, unknown>
  if (type !== 'image' || typeof data !== 'object' || data === null) return []
  const parsed = AkeneoCategoryImage.safeParse(value)
  if (!parsed.success) {
    findings.warn({
      code: 'media-unreadable',
      field: 'media',
      text: `the image ${typeof name === 'string' ? attributeOf(name) : 'of a value without attribute'} names no file`,
      remedy: 'Put it into Akeneo again',
    })
    return []
  }
  const { attribute_code, channel, locale, data: image } = parsed.data
  const file = { code: image.file_path, fileName: image.original_filename ?? fileNameOf(image.file_path) }
  return [{ attribute: attributeOf(attribute_code), channel: channel ?? null, locale: locale ?? null, file }]
}

/** Read as `code|uuid`. */
const attributeOf = (name: string) => name.split('|')[0] ?? name
