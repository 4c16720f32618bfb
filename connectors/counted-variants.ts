import type { AkeneoProduct, AkeneoProductModel } from './akeneo/schema.ts'
import {
  axisValuesOf,
  evaluateExpressions,
  type GroupInput,
  headReasons,
  isJudgedByItsHead,
  type OutputSettings,
  productReasons,
  type Structure,
} from './akeneo/translate/index.ts'
import type { RecordStatus } from '../contracts/hub.ts'
import type { Queryable } from './hub/database.ts'
import { publishedBodies } from './hub/records.ts'
import type { StoredVariant } from './hub/source-relations.ts'
import type { StoredSource } from './hub/sources.ts'
import { type OutputLinks, partsOf, type References } from './partners.ts'

type CountedVariant = GroupInput['variants'][number]

/**
 * The variants of a group as its record counts them: by `statuses`, which the output's records of them have by id, so that a group
 * is never withheld beside an active variant. One without counts as it will be judged when it is published after its group. Of one that is
 * rejected counts what the output holds of it in this group, since that is what a shop has; where it holds nothing, it has no place on
 * the axes.
 */
export async function countedVariants(
  db: Queryable,
  { connection, structure }: { connection: string; structure: Structure },
  output: OutputSettings,
  group: StoredSource,
  variants: StoredVariant[],
  links: OutputLinks,
  statuses: ReadonlyMap<string, RecordStatus>,
): Promise<CountedVariant[]> {
  const familyVariant = structure.familyVariants.get((group.source as AkeneoProductModel).family_variant)
  const rejected = variants.filter(({ isRejected }) => isRejected).map(({ id }) => id)
  const records = await publishedBodies(db, connection, output.name, rejected)
  return Promise.all(
    variants.map(async (variant): Promise<CountedVariant> => {
      if (!variant.isRejected) {
        const source = variant.source as AkeneoProduct
        const status = statuses.get(variant.id)
        return {
          active: status ? status === 'active' : await isActive(variant, structure, output, links),
          axisValues: familyVariant ? axisValuesOf(source, familyVariant, structure) : {},
        }
      }
      const record = records.get(variant.id)
      return record?.kind === 'product' && record.groupId === group.id
        ? { active: record.status === 'active', axisValues: record.axisValues ?? {} }
        : { active: false, axisValues: {} }
    }),
  )
}

/** The parts of those that are kits in one of these outputs: a variant without them may not be active. */
export const partsOfVariants = (
  variants: StoredVariant[],
  outputs: readonly OutputSettings[],
): References[] =>
  outputs
    .filter(({ rules }) => rules.document.kits.length > 0)
    .flatMap((output) => variants.map(({ source }) => partsOf(source as AkeneoProduct, output)))

async function isActive(
  { code, source }: StoredVariant,
  structure: Structure,
  output: OutputSettings,
  links: OutputLinks,
): Promise<boolean> {
  const product = source as AkeneoProduct
  if (isJudgedByItsHead(output)) return headReasons(product, code, structure, output, links).length === 0
  const expressions = await evaluateExpressions(product, structure, output)
  return productReasons(product, structure, output, links, expressions).length === 0
}
