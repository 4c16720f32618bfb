import type { Reason } from '../../../contracts/hub.ts'
import { foldCase } from '../../../domain/text.ts'
import type { AkeneoProduct } from '../schema.ts'
import type { Links } from './links.ts'
import type { OutputSettings } from './output.ts'

/** What the publication rule of an output looks at; a store can have it without the whole document. */
export type Publishable = Pick<AkeneoProduct, 'enabled' | 'categories' | 'completenesses'> & {
  sku: string | null
}

/** Why the rule withholds a product; none when it may go out. */
export function publishReasons(
  { enabled, categories, completenesses, sku }: Publishable,
  output: OutputSettings,
  links: Pick<Links, 'ancestors'>,
): Reason[] {
  const { publish } = output.rules.document
  const reasons: Reason[] = []
  if (publish.enabled && !enabled) {
    reasons.push({ code: 'disabled', text: 'disabled in Akeneo', remedy: 'Enable it in Akeneo' })
  }
  if (sku === null) {
    reasons.push({ code: 'no-sku', text: 'has no identifier', remedy: 'Give it an identifier in Akeneo' })
  }
  const within = publish.within.map(({ text }) => text)
  if (within.length > 0 && !isWithin(categories ?? [], within, links)) {
    reasons.push({
      code: 'outside-tree',
      text: `is in no category of ${within.join(', ')}`,
      remedy: 'Put it into one in Akeneo, or change publish.within in the mapping',
    })
  }
  if (publish.complete) {
    const { atLeast, locales } = publish.complete
    const wanted = locales.length > 0 ? locales.map(({ text }) => text) : output.locales
    reasons.push(
      ...askedFor(wanted, output).flatMap((locale) => incomplete(locale, atLeast, completenesses, output)),
    )
  }
  return reasons
}

/** A locale that the channel has no more is complete nowhere: the others decide. Where it has none of them, nothing is known to be complete. */
function askedFor(wanted: readonly string[], { channel, structure }: OutputSettings): readonly string[] {
  const served = structure.channels.find(({ code }) => code === channel)?.locales ?? []
  const left = wanted.filter((locale) => served.includes(locale))
  return left.length > 0 ? left : wanted
}

function isWithin(categories: readonly string[], within: readonly string[], links: Pick<Links, 'ancestors'>) {
  const wanted = new Set(within.map(foldCase))
  return categories.some(
    (code) =>
      wanted.has(foldCase(code)) ||
      (links.ancestors?.(code) ?? []).some((ancestor) => wanted.has(foldCase(ancestor))),
  )
}

function incomplete(
  locale: string,
  atLeast: number,
  completenesses: AkeneoProduct['completenesses'],
  { channel }: OutputSettings,
): Reason[] {
  const found = completenesses?.find((entry) => entry.scope === channel && entry.locale === locale)
  if (!found) {
    return [
      {
        code: 'incomplete',
        text: `its completeness in ${locale} for ${channel} is not known`,
        remedy: 'Give it a family in Akeneo; if it has one: pimflow sync products --full',
      },
    ]
  }
  if (Number(found.data) >= atLeast) return []
  return [
    {
      code: 'incomplete',
      text: `is ${found.data} % complete in ${locale} for ${channel}, ${atLeast} % are wanted`,
      remedy: 'Fill what its family requires in Akeneo',
    },
  ]
}
