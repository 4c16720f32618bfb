import type { Text } from '../../../contracts/hub.ts'

/** Labels in the output's locales. Akeneo shows an empty label as null, as '' or not at all. */
export function labelsIn(
  labels: Readonly<Record<string, string | null>> | null | undefined,
  locales: readonly string[],
): Text {
  return Object.fromEntries(
    locales.flatMap((locale) => {
      const label = labels?.[locale]
      return label ? [[locale, label] as const] : []
    }),
  )
}
