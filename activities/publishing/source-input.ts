import type { AkeneoProduct, AkeneoProductModel, AkeneoRecord } from '../../connectors/akeneo/schema.ts'
import type { SourceInput } from '../../connectors/hub/sources.ts'
import type { StreamName } from '../../contracts/streams.ts'
import { storedRecord } from '../../domain/records.ts'

/** What the store keeps of a record that Akeneo answered with, and under which names. */
export function sourceInput(
  stream: StreamName,
  item: unknown,
  parent: string | undefined,
  identifierAttribute: string | undefined,
): SourceInput {
  const { _links, ...source } = item as Record<string, unknown> & { _links?: unknown }
  if (stream === 'products')
    // The answer was held to its stream's schema when it was read; here its type is only taken up again.
    return { ...productNames(source as unknown as AkeneoProduct, identifierAttribute), source }
  const { code } = source as { code: string }
  switch (stream) {
    case 'product-models': {
      // As above.
      const model = source as unknown as AkeneoProductModel
      return { key: code, code, parent: model.parent ?? null, family: model.family ?? null, source }
    }
    case 'categories':
      return {
        key: code,
        code,
        parent: (source as { parent?: string | null }).parent ?? null,
        family: null,
        source,
      }
    case 'attribute-options':
      // An option's code is unique within its attribute only.
      return { key: `${parent ?? ''}/${code}`, code, parent: parent ?? null, family: null, source }
    case 'reference-entity-records':
    case 'assets':
      // As above.
      return {
        key: `${parent ?? ''}/${code}`,
        code,
        parent: parent ?? null,
        family: null,
        source: storedRecord(item as AkeneoRecord),
      }
    case 'family-variants':
      return {
        key: code,
        code,
        parent: parent ?? null,
        family: parent ?? null,
        source: { ...source, family: parent },
      }
    default:
      return { key: code, code, parent: null, family: null, source }
  }
}

/** Keyed by uuid wherever the answer carries one (7.0 and later), so that a new SKU is the same record. */
function productNames(
  product: AkeneoProduct,
  identifierAttribute: string | undefined,
): Omit<SourceInput, 'source'> {
  const identifier = identifierOf(product, identifierAttribute)
  return {
    key: product.uuid ?? identifier ?? '',
    code: identifier,
    parent: product.parent ?? null,
    family: product.family ?? null,
  }
}

/** `/products` has it as a field, of when it was read; `/products-uuid` only among the values. */
export function identifierOf(product: AkeneoProduct, attribute: string | undefined): string | null {
  const value: unknown = attribute === undefined ? undefined : product.values[attribute]?.[0]?.data
  return typeof value === 'string' && value !== '' ? value : (product.identifier ?? null)
}
