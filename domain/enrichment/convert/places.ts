import type { IcecatMapping } from '../mapping/document.ts'
import type { TargetAttribute, TargetStructure } from '../target.ts'

/** A place of a value in Akeneo, and the languages of Icecat that may feed it, in order. */
export interface Place {
  locale: string | null
  scope: string | null
  chain: readonly string[]
}

/** For each channel and locale that the attribute, the mapping and Akeneo have; elsewhere Akeneo would refuse or drop it. */
export function placesOf(
  attribute: TargetAttribute,
  mapping: IcecatMapping,
  structure: TargetStructure,
): Place[] {
  const channels = structure.channels.filter(({ code }) => mapping.channels.some(({ text }) => text === code))
  const neutral = [mapping.neutral.text, 'INT']
  const scopes = attribute.scopable ? channels.map(({ code }) => code) : [null]
  return scopes.flatMap((scope): Place[] => {
    if (!attribute.localizable) return [{ locale: null, scope, chain: neutral }]
    // Without a channel of its own, a locale is open where any channel has it.
    const active = new Set(
      (scope === null ? structure.channels : channels.filter(({ code }) => code === scope)).flatMap(
        ({ locales }) => locales,
      ),
    )
    const own = attribute.available_locales ?? []
    return mapping.languages
      .filter(({ locale }) => active.has(locale.text) && (own.length === 0 || own.includes(locale.text)))
      .map(({ locale, chain }) => ({ locale: locale.text, scope, chain: chain.map(({ text }) => text) }))
  })
}
