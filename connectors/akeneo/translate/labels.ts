import type { Text } from '../../../contracts/hub.ts'
import type { OutputSettings } from './output.ts'

/** Labels in the output's locales, each along its chain. Akeneo shows an empty label as null, as '' or not at all. */
export function labelsIn(
  labels: Readonly<Record<string, string | null>> | null | undefined,
  { chains }: OutputSettings,
): Text {
  return Object.fromEntries(
    [...chains].flatMap(([locale, chain]) => {
      const found = chain.find((wanted) => labels?.[wanted])
      const label = found === undefined ? undefined : labels?.[found]
      return label ? [[locale, label] as const] : []
    }),
  )
}
