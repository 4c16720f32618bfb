import type { Connection } from '@temporalio/client'

export type SearchAttributeType = 'Keyword' | 'Int'

// temporal.api.enums.v1.IndexedValueType; the package that holds the enum is not one of our dependencies.
const indexedValueTypes: Record<SearchAttributeType, number> = { Keyword: 2, Int: 3 }

/** Registers what the namespace lacks; what is there already stays as it is. Asks for the operator's right. */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: Record<string, SearchAttributeType>,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.entries(wanted).filter(([name]) => !(name in customAttributes))
  if (missing.length === 0) return
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, indexedValueTypes[type]])),
  })
}
