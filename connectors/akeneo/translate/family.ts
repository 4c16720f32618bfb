import type { AkeneoFamily, AkeneoFamilyVariant } from '../schema.ts'
import type { Reading } from './reading.ts'

/** Undefined for a record without family, which is no fault, and for one whose family is not known yet, which is reported. */
export function familyOf(code: string | null | undefined, reading: Reading): AkeneoFamily | undefined {
  if (code === null || code === undefined) return undefined
  const family = reading.structure.families.get(code)
  if (!family) {
    reading.findings.lack(
      { stream: 'families', code },
      { code: 'family-unknown', field: 'family', text: `family "${code}" is not in the stored structure` },
    )
  }
  return family
}

export function familyVariantOf(code: string, reading: Reading): AkeneoFamilyVariant | undefined {
  const familyVariant = reading.structure.familyVariants.get(code)
  if (!familyVariant) {
    reading.findings.lack(
      { stream: 'family-variants', code },
      {
        code: 'family-variant-unknown',
        field: 'family_variant',
        text: `family variant "${code}" is not in the stored structure`,
      },
    )
  }
  return familyVariant
}
