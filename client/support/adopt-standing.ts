import type { EarlierValue } from '../../connectors/hub/enrichment/adopt.ts'
import { nextSourcesOfFamilies, type StoredSource } from '../../connectors/hub/sources.ts'
import { ownerOf } from '../../domain/enrichment/lines/owner.ts'
import type { IcecatMapping } from '../../domain/enrichment/mapping/document.ts'
import { isEmptyValue } from '../../domain/enrichment/ownership/same-value.ts'
import { foldCase } from '../../domain/text.ts'
import {
  type AdoptedValues,
  type Adopting,
  type AdoptWork,
  batch,
  begin,
  isFile,
  keep,
  mappedCode,
  type Placed,
  placed,
} from './earlier-values.ts'
import { UsageError } from './errors.ts'

/** Takes over what stands at these attributes of all stored records, or of those of these families. */
export async function adoptStanding(
  given: AdoptWork,
  { attributes, families }: { attributes: readonly string[]; families: readonly string[] | null },
): Promise<AdoptedValues> {
  const work = await begin(given)
  const codes = attributes.map((code) => writtenCode(given.mapping, code))
  const chosen = [...work.structure.families.keys()]
    .map(foldCase)
    .filter((code) => families === null || families.map(foldCase).includes(code))
  if (chosen.length === 0) throw new UsageError(`There is no family ${families?.join(', ') ?? ''} in the hub`)
  for (const stream of ['product-models', 'products'] as const) {
    for (let after: string | null = null; ;) {
      const sources: StoredSource[] = await nextSourcesOfFamilies(
        given.sql,
        given.connection,
        stream,
        chosen,
        after,
        batch,
      )
      const records = [...(await placed(work, sources)).values()]
      await keep(
        work,
        records.flatMap((record) => standing(work, record, codes)),
      )
      const last = sources.at(-1)
      if (last === undefined || sources.length < batch) break
      after = last.key
    }
  }
  return work.total
}

function writtenCode(mapping: IcecatMapping, code: string): string {
  const found = mappedCode(mapping, code)
  if (found !== null) return found
  throw new UsageError(`${code} is written by no rule of ${mapping.name}.yaml`)
}

/** What stands at a record's own level: what is inherited is its model's. */
function standing({ structure }: Adopting, record: Placed, codes: readonly string[]): EarlierValue[] {
  return codes.flatMap((attribute) => {
    if (ownerOf(attribute, record)?.key !== record.key) return []
    return (record.values[attribute] ?? []).flatMap(({ locale, scope, data }): EarlierValue[] =>
      isEmptyValue(data)
        ? []
        : [
            {
              ...nameOf(record),
              attribute,
              locale,
              scope,
              data,
              isFile: isFile(structure, attribute),
              icecatId: null,
            },
          ],
    )
  })
}

const nameOf = ({ stream, key }: Placed) => ({ stream, key })
