import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import type { Catalogue } from './catalogue.ts'

interface Line {
  feature_id: string
  feature_type: string
  feature_name: string
  feature_unit: string
}

/** A recorded list of features (`feature_id;…;feature_type;feature_name;…;feature_unit`) for the reference files. */
export function loadFeaturesList({ features }: Catalogue, file: string): void {
  const lines: Line[] = parse(readFileSync(file), { columns: true, delimiter: ';', bom: true })
  for (const { feature_id: id, feature_type: type, feature_name: name, feature_unit: sign } of lines) {
    const known = features.get(id)
    if (known !== undefined) known.type = type === '' ? known.type : type
    else {
      features.set(id, {
        id,
        names: { EN: name },
        type,
        measure: { id: '', sign, signs: sign === '' ? {} : { EN: sign } },
        group: { id: '', names: {} },
      })
    }
  }
}
