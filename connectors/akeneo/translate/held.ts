import type { AkeneoAttribute, AkeneoValue, AkeneoValues } from '../schema.ts'
import type { Reading } from './reading.ts'

/** One attribute of a record with the values that the output carries. */
export interface Held {
  attribute: AkeneoAttribute
  /** One without locale, or one for each locale of the output that has one, in the output's order. */
  entries: readonly AkeneoValue[]
}

/** By attribute code. Rules take from it what becomes a field of its own; what is left goes into `attributes`. */
export type HeldValues = Map<string, Held>

/** The values in the output's channel and locales, with what they are values of. */
export function heldValues(values: AkeneoValues, reading: Reading): HeldValues {
  const held: HeldValues = new Map()
  for (const code of Object.keys(values)) {
    const attribute = reading.structure.attributes.get(code)
    if (!attribute) {
      reading.findings.lack(
        { stream: 'attributes', code },
        {
          code: 'attribute-unknown',
          field: code,
          text: `attribute "${code}" is not in the stored structure`,
        },
      )
      continue
    }
    const entries = entriesInOutput(attribute, values[code] ?? [], reading)
    if (entries.length > 0) held.set(attribute.code, { attribute, entries })
  }
  return held
}

/**
 * A scopable value counts in the output's channel only: another channel's text was written for other readers. The rest is
 * compared as strictly, since Akeneo can add entries of its own making (converted measurements carry a scope and a locale).
 */
function entriesInOutput(
  attribute: AkeneoAttribute,
  entries: readonly AkeneoValue[],
  { output }: Reading,
): AkeneoValue[] {
  const scope = attribute.scopable ? output.channel : null
  if (!attribute.localizable) {
    const found = entryIn(entries, null, scope)
    return found ? [found] : []
  }
  const found: AkeneoValue[] = []
  for (const [locale, chain] of output.chains) {
    const entry = firstFilled(entries, chain, scope)
    // Under the locale that it stands for from here on.
    if (entry) found.push(entry.locale === locale ? entry : { ...entry, locale })
  }
  return found
}

/** Along the chain the first with something in it; else the locale's own, so that what is in it is judged. */
function firstFilled(
  entries: readonly AkeneoValue[],
  chain: readonly string[],
  scope: string | null,
): AkeneoValue | undefined {
  let own: AkeneoValue | undefined
  for (let step = 0; step < chain.length; step++) {
    const entry = entryIn(entries, chain[step] ?? null, scope)
    if (entry && !isEmptied(entry.data)) return entry
    if (step === 0) own = entry
  }
  return own
}

// A plain loop: this runs for every value of every product.
function entryIn(entries: readonly AkeneoValue[], locale: string | null, scope: string | null) {
  for (const entry of entries) if (entry.locale === locale && entry.scope === scope) return entry
  return undefined
}

const isEmptied = (data: unknown) =>
  data === null || data === undefined || data === '' || (Array.isArray(data) && data.length === 0)
