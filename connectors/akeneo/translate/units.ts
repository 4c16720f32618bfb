import type { AkeneoAttribute, AkeneoMeasurementFamily } from '../schema.ts'
import type { Reading } from './reading.ts'

/** The units that an attribute may have. Where the stored structure lacks them they are asked for, and the record is made again with them. */
export function unitsOf(attribute: AkeneoAttribute, reading: Reading): AkeneoMeasurementFamily | undefined {
  const family = attribute.metric_family ?? ''
  const known = reading.structure.measurementFamilies.get(family)
  if (known) return known
  reading.findings.lack(
    { stream: 'measurement-families', code: family },
    {
      code: 'measurement-family-unknown',
      field: attribute.code,
      text: `measurement family "${family}" is not in the stored structure, so its unit was not checked`,
    },
  )
  return undefined
}
