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

const noLocale = [null]

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
  const found: AkeneoValue[] = []
  for (const wanted of attribute.localizable ? output.locales : noLocale) {
    // A plain loop: this runs for every value of every product.
    for (const entry of entries) {
      if (entry.locale !== wanted || entry.scope !== scope) continue
      found.push(entry)
      break
    }
  }
  return found
}

/** Hands out an attribute's values once: what a field of its own has taken does not stand in `attributes` again. */
export function take(held: HeldValues, code: string): Held | undefined {
  const found = held.get(code)
  held.delete(code)
  return found
}
