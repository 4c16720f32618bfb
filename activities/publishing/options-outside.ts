import { keyInList } from '../../connectors/akeneo/linked-lists.ts'
import type { AkeneoProduct } from '../../connectors/akeneo/schema.ts'
import { labelledAttributes } from '../../connectors/akeneo/translate/index.ts'
import type { PublishingContext } from './context.ts'

interface OptionName {
  stream: 'attribute-options'
  name: string
}

/**
 * Which options a product shows by their labels for attributes that its family does not have: Akeneo lets products keep such values,
 * models never. They are few and noted as links, since `followOptions` looks into the documents of the attribute's own families alone.
 */
export function optionsOutside({
  structure,
  outputs,
}: PublishingContext): (product: AkeneoProduct) => OptionName[] {
  const labelled = [...new Set(outputs.flatMap((output) => [...labelledAttributes(output)]))]
  return ({ family, values }) => {
    const own = family == null ? undefined : structure.families.get(family)?.attributes
    // Of those without a family every document is looked into.
    if (own === undefined) return []
    return labelled
      .filter((attribute) => values[attribute] !== undefined && !own.includes(attribute))
      .flatMap((attribute) => (values[attribute] ?? []).flatMap(({ data }) => namesIn(attribute, data)))
  }
}

const namesIn = (attribute: string, data: unknown): OptionName[] =>
  [data]
    .flat()
    .filter((option) => typeof option === 'string')
    .map((option) => ({
      stream: 'attribute-options' as const,
      name: keyInList('attribute-options', attribute, option),
    }))
